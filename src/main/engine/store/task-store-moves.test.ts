import { describe, expect, it } from 'vitest';
import type { TaskId } from '../../../shared/task.ts';
import type { Store } from './store.ts';
import { add, addRunning, claim, draft, get, openTestStore, OWNER, T0 } from './test-store.ts';

const MINUTE_MS = 60_000;

/** The ids in the order in which a queue hands them out. */
async function order(store: Store, queue: 'media' | 'speech' = 'media'): Promise<TaskId[]> {
  const claimed = await store.claim({ queue, limit: 100, leaseOwner: OWNER, leaseUntil: T0, now: T0 });
  return claimed.map(({ task }) => task.id);
}

/** Tasks 1 to n of one batch: all with the same key. */
async function batch(count: number): Promise<Store> {
  const store = await openTestStore();
  await store.insertTasks(Array.from({ length: count }, () => draft()), T0);
  return store;
}

describe('moving pending tasks', () => {
  it.each<[string, number[], number | null, number[]]>([
    ['to the front', [4], 1, [4, 1, 2, 3, 5]],
    ['to the end', [2], null, [1, 3, 4, 5, 2]],
    ['into the midst of equal keys', [5], 3, [1, 2, 5, 3, 4]],
    ['several, in the order that was given', [5, 1, 4], 3, [2, 5, 1, 4, 3]],
    ['several to the end', [3, 1], null, [2, 4, 5, 3, 1]],
    ['before one of themselves: they gather there', [4, 2, 1], 2, [4, 2, 1, 3, 5]],
    ['before themselves at the end', [5, 4], 5, [1, 2, 3, 5, 4]],
  ])('%s', async (_where, ids, before, expected) => {
    const store = await batch(5);
    const { touched } = await store.moveTasks(ids, before, T0 + 1);
    expect(touched.map(({ task }) => task.id)).toEqual(ids);
    expect(await order(store)).toEqual(expected);
  });

  it('again and again to the same place goes on to work', async () => {
    const store = await batch(6);
    for (const id of [6, 5, 4, 6, 5, 4]) await store.moveTasks([id], 2, T0);
    expect(await order(store)).toEqual([1, 6, 5, 4, 2, 3]);
  });

  it('tells which others made room, and leaves the rest as it was', async () => {
    const store = await batch(4);
    const apart = await add(store, { priority: 8 });
    const { touched, others } = await store.moveTasks([4], 3, T0 + 5);
    expect(touched).toMatchObject([{ didChange: true, task: { id: 4, updatedAt: T0 + 5 } }]);
    expect([...others].sort()).toEqual([1, 2]);
    expect(await get(store, apart)).toMatchObject({ orderKey: 8 * MINUTE_MS - T0, updatedAt: T0 });
    expect(await order(store)).toEqual([apart, 1, 2, 4, 3]);
  });

  it('outlives what recomputes the key: an estimate, another priority', async () => {
    const store = await batch(3);
    await store.moveTasks([3], 1, T0);
    await store.saveEstimate(3, { seconds: 60, memoryBytes: 0, tempBytes: 0, mediaSeconds: 60 }, T0);
    await store.prioritise([3], 4, T0);
    await store.prioritise([3], 5, T0);
    expect(await order(store)).toEqual([3, 1, 2]);
  });

  it('goes over any priority, both ways', async () => {
    const store = await openTestStore();
    await store.insertTasks([draft({ priority: 10 }), draft({ priority: 5 }), draft({ priority: 0 })], T0);
    await store.moveTasks([3], 1, T0);
    await store.moveTasks([1], null, T0);
    expect(await order(store)).toEqual([3, 2, 1]);
  });

  it('changes nothing of tasks that do not wait for their turn, or in another queue', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    const [first, second] = [await add(store), await add(store)];
    const speech = await add(store, { queue: 'speech', type: 'transcribe' });
    const waiting = await add(store, { runAt: T0 + MINUTE_MS });
    const { touched, others } = await store.moveTasks([running.task.id, speech, waiting, second], first, T0);
    expect(touched.map(({ didChange }) => didChange)).toEqual([false, false, false, true]);
    expect(others).toEqual([]);
    expect(await order(store)).toEqual([second, first]);
    expect(await order(store, 'speech')).toEqual([speech]);
  });

  it('to the end moves each behind its own queue', async () => {
    const store = await openTestStore();
    await store.insertTasks([draft(), draft({ queue: 'speech' }), draft(), draft({ queue: 'speech' })], T0);
    await store.moveTasks([1, 2], null, T0);
    expect([await order(store), await order(store, 'speech')]).toEqual([[3, 1], [4, 2]]);
  });

  it('is refused when there is no such task, or the one to go before has had its turn', async () => {
    const store = await batch(2);
    const { task } = await claim(store);
    await expect(store.moveTasks([2], task.id, T0)).rejects.toMatchObject({ code: 'TASK_STATE', message: expect.stringContaining('running') });
    await expect(store.moveTasks([2, 99], null, T0)).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
    await expect(store.moveTasks([2], 99, T0)).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
  });
});
