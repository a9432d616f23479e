import { describe, expect, it } from 'vitest';
import type { TaskId } from '../../../shared/task.ts';
import type { Store } from './store.ts';
import { add, addRunning, claim, complete, endOf, failForGood, FAILURE, get, openTestStore, T0 } from './test-store.ts';

/** first ← second ← third: each waits for the one before it. */
async function chain(store: Store): Promise<[TaskId, TaskId, TaskId]> {
  const first = await add(store);
  const second = await add(store, { dependsOn: [first] });
  return [first, second, await add(store, { dependsOn: [second] })];
}

async function statuses(store: Store, ids: readonly TaskId[]): Promise<string[]> {
  return (await Promise.all(ids.map((id) => get(store, id)))).map(({ status }) => status);
}

describe('dependencies', () => {
  it('hold a task back until the last of them is completed, and free it in the same commit', async () => {
    const store = await openTestStore();
    const [a, b] = [await add(store), await add(store)];
    const both = await add(store, { dependsOn: [b, a, a] });
    expect(await get(store, both)).toMatchObject({ status: 'waiting', dependsOn: [a, b] });
    expect(await store.stage(T0 + 1e9)).toEqual({ staged: [], nextAt: null });
    expect(await complete(store, await claim(store))).toMatchObject({ released: [] });
    expect(await complete(store, await claim(store))).toMatchObject({ released: [both] });
    expect((await claim(store)).task.id).toBe(both);
  });

  it('that are completed already hold nothing back', async () => {
    const store = await openTestStore();
    const done = await addRunning(store);
    await complete(store, done);
    expect(await get(store, await add(store, { dependsOn: [done.task.id] }))).toMatchObject({ status: 'pending', dependsOn: [done.task.id] });
  });

  it('and a time both have to be met', async () => {
    const store = await openTestStore();
    const first = await addRunning(store);
    const later = await add(store, { dependsOn: [first.task.id], runAt: T0 + 5000 });
    // It is told of, though it waits: the engine has to look when its time comes.
    expect(await complete(store, first, T0 + 1000)).toMatchObject({ released: [later] });
    expect((await get(store, later)).status).toBe('waiting');
    expect(await store.stage(T0 + 1000)).toEqual({ staged: [], nextAt: T0 + 5000 });
    expect(await store.stage(T0 + 5000)).toEqual({ staged: [later], nextAt: null });
  });

  it('do not free a paused task, but let it go when it is resumed', async () => {
    const store = await openTestStore();
    const first = await addRunning(store);
    const second = await add(store, { dependsOn: [first.task.id] });
    await store.pause([second], T0);
    expect(await complete(store, first)).toMatchObject({ released: [] });
    expect(await store.resume([second], T0)).toMatchObject([{ task: { status: 'pending' } }]);
  });

  it('keep a resumed task waiting while they are open', async () => {
    const store = await openTestStore();
    const [, second] = await chain(store);
    await store.pause([second], T0);
    expect(await store.resume([second], T0)).toMatchObject([{ didChange: true, task: { status: 'waiting' } }]);
  });

  it('that fail for good fail all that wait for them, each naming the one before it', async () => {
    const store = await openTestStore();
    const [first, second, third] = await chain(store);
    const ended = await failForGood(store, await claim(store));
    expect(ended?.broken.map(({ id, status, error }) => ({ id, status, code: error?.code, message: error?.message }))).toEqual([
      { id: second, status: 'failed', code: 'DEPENDENCY_FAILED', message: `Task ${first}, which this one depends on, failed. Retry that one; this one then waits for it again.` },
      { id: third, status: 'failed', code: 'DEPENDENCY_FAILED', message: `Task ${second}, which this one depends on, failed. Retry that one; this one then waits for it again.` },
    ]);
  });

  it('that only back off break nothing', async () => {
    const store = await openTestStore();
    const [first, second, third] = await chain(store);
    expect((await store.fail({ ...endOf(await claim(store)), error: FAILURE, retryAt: T0 + 1 }))?.broken).toEqual([]);
    expect(await statuses(store, [first, second, third])).toEqual(['retrying', 'waiting', 'waiting']);
  });

  it('that turn out to be poison break what waits for them', async () => {
    const store = await openTestStore();
    const [, second, third] = await chain(store);
    const ended = await store.lose({ ...endOf(await claim(store)), error: FAILURE, poisonAfter: 1 });
    expect(ended?.broken.map(({ id }) => id)).toEqual([second, third]);
  });

  it('that are cancelled or removed break what waits for them, paused or not, and say so', async () => {
    for (const [command, how] of [['cancel', 'was cancelled'], ['remove', 'was removed']] as const) {
      const store = await openTestStore();
      const [first, second, third] = await chain(store);
      await store.pause([second], T0);
      const [touched] = await store[command]([first], T0);
      expect(touched?.broken.map(({ id }) => id)).toEqual([second, third]);
      expect((await get(store, second)).error?.message).toContain(`Task ${first}, which this one depends on, ${how}.`);
    }
  });

  it('that are cancelled while they run break what waits for them when they stop', async () => {
    const store = await openTestStore();
    const [first, second, third] = await chain(store);
    const running = await claim(store);
    expect((await store.cancel([first], T0))[0]?.broken).toEqual([]);
    expect(await statuses(store, [first, second])).toEqual(['running', 'waiting']);
    expect((await store.release({ ...endOf(running), reason: 'cancel' }))?.broken.map(({ id }) => id)).toEqual([second, third]);
  });

  it('cancelled together with what waits for them are all cancelled, in whatever order they are named', async () => {
    const store = await openTestStore();
    const ids = await chain(store);
    await store.cancel(ids, T0);
    expect(await statuses(store, ids)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  it('that are retried let all that broke on them wait again, each for the one before it', async () => {
    const store = await openTestStore();
    const [first, second, third] = await chain(store);
    await failForGood(store, await claim(store));
    const [retried] = await store.retry([first], T0);
    expect(retried?.others).toMatchObject([{ id: second, status: 'waiting', error: null }, { id: third, status: 'waiting', error: null }]);
    expect(await complete(store, await claim(store))).toMatchObject({ released: [second] });
    expect(await complete(store, await claim(store))).toMatchObject({ released: [third] });
  });

  it('that are retried leave what was cancelled by itself alone, until that is retried too', async () => {
    const store = await openTestStore();
    const [first, second, third] = await chain(store);
    await store.cancel([second], T0);
    await failForGood(store, await claim(store));
    expect((await store.retry([first], T0))[0]?.others).toEqual([]);
    expect(await statuses(store, [second, third])).toEqual(['cancelled', 'failed']);
    expect((await store.retry([second], T0))[0]?.others).toMatchObject([{ id: third, status: 'waiting' }]);
  });

  it('retried together with what broke on them all go back, in whatever order they are named', async () => {
    const store = await openTestStore();
    const [first, second, third] = await chain(store);
    await store.cancel([first], T0);
    expect((await store.retry([third, second, first], T0)).map(({ task }) => task.status)).toEqual(['waiting', 'waiting', 'pending']);
  });

  it('that are still failed or removed leave a retried task failed, with the reason it has', async () => {
    const store = await openTestStore();
    const [first, second] = await chain(store);
    await failForGood(store, await claim(store));
    expect(await store.retry([second], T0)).toMatchObject([{ didChange: false, task: { status: 'failed', error: { code: 'DEPENDENCY_FAILED' } } }]);
    await store.remove([first], T0);
    expect(await store.retry([second], T0)).toMatchObject([{ didChange: false, task: { status: 'failed' } }]);
  });

  it('completed while what waited for them was cancelled let it start at once when it is retried', async () => {
    const store = await openTestStore();
    const [first, second] = await chain(store);
    await store.cancel([second], T0);
    await complete(store, await claim(store));
    expect((await get(store, first)).status).toBe('completed');
    expect(await store.retry([second], T0)).toMatchObject([{ task: { status: 'pending' } }]);
  });

  it('completed and then taken off the list still count as completed', async () => {
    const store = await openTestStore();
    const first = await addRunning(store);
    const second = await add(store, { dependsOn: [first.task.id] });
    await store.cancel([second], T0);
    await complete(store, first);
    await store.remove([first.task.id], T0);
    expect(await store.retry([second], T0)).toMatchObject([{ didChange: true, task: { status: 'pending' } }]);
  });

  it('break through a long chain in one commit', async () => {
    const store = await openTestStore();
    const first = await add(store);
    let last = first;
    for (let length = 0; length < 200; length += 1) last = await add(store, { dependsOn: [last] });
    const [touched] = await store.cancel([first], T0);
    expect(touched?.broken).toHaveLength(200);
    expect(await get(store, last)).toMatchObject({ status: 'failed', error: { code: 'DEPENDENCY_FAILED' } });
  });
});
