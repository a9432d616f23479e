import { describe, expect, it } from 'vitest';
import type { Task, TaskId } from '../../../shared/task.ts';
import type { Store, Touched } from './store.ts';
import { add, addRunning, claim, complete, draft, endOf, failForGood, FAILURE, get, openTestStore, T0 } from './test-store.ts';

/** Makes a task of each status; ids by status. */
async function oneOfEach(store: Store): Promise<Record<Task['status'], TaskId>> {
  const completed = await addRunning(store);
  await complete(store, completed);
  const failed = await addRunning(store);
  await failForGood(store, failed);
  const retrying = await addRunning(store);
  await store.fail({ ...endOf(retrying), error: FAILURE, retryAt: T0 + 1e9 });
  const running = await addRunning(store);
  const [paused, cancelled, pending, waiting] = [await add(store), await add(store), await add(store), await add(store, { runAt: T0 + 1e9 })];
  await store.pause([paused], T0);
  await store.cancel([cancelled], T0);
  return { completed: completed.task.id, failed: failed.task.id, retrying: retrying.task.id, running: running.task.id, paused, cancelled, pending, waiting };
}

/** What a command made of a task of each status; `-` where nothing changed. */
async function outcomes(command: (store: Store, ids: readonly TaskId[]) => Promise<Touched>): Promise<Record<string, string>> {
  const store = await openTestStore();
  const ids = await oneOfEach(store);
  const touched = await command(store, Object.values(ids));
  expect(touched.map(({ task }) => task.id)).toEqual(Object.values(ids));
  expect(touched.map(({ task }) => task)).toEqual(await Promise.all(Object.values(ids).map((id) => get(store, id))));
  return Object.fromEntries(Object.keys(ids).map((status, index) => [status, describeOutcome(touched[index])]));
}

function describeOutcome(touched: Touched[number] | undefined): string {
  if (touched === undefined) return 'no answer';
  const { didChange, task } = touched;
  return didChange ? `${task.status}${task.stopRequested === null ? '' : `, asked to ${task.stopRequested}`}${task.deletedAt === null ? '' : ', removed'}` : '-';
}

describe('commands', () => {
  it('pause what is not settled; a running one is asked to', async () => {
    expect(await outcomes((store, ids) => store.pause(ids, T0))).toEqual({
      pending: 'paused', waiting: 'paused', retrying: 'paused', running: 'running, asked to pause', paused: '-', completed: '-', failed: '-', cancelled: '-',
    });
  });

  it('resume what is paused', async () => {
    expect(await outcomes((store, ids) => store.resume(ids, T0))).toEqual({
      paused: 'pending', pending: '-', waiting: '-', retrying: '-', running: '-', completed: '-', failed: '-', cancelled: '-',
    });
  });

  it('cancel what is not settled; a running one is asked to', async () => {
    expect(await outcomes((store, ids) => store.cancel(ids, T0))).toEqual({
      pending: 'cancelled', waiting: 'cancelled', retrying: 'cancelled', paused: 'cancelled', running: 'running, asked to cancel', completed: '-', failed: '-', cancelled: '-',
    });
  });

  it('retry what failed or was cancelled', async () => {
    expect(await outcomes((store, ids) => store.retry(ids, T0))).toEqual({
      failed: 'pending', cancelled: 'pending', paused: '-', pending: '-', waiting: '-', retrying: '-', running: '-', completed: '-',
    });
  });

  it('remove anything; a running one is asked to stop first', async () => {
    expect(await outcomes((store, ids) => store.remove(ids, T0))).toEqual({
      pending: 'cancelled, removed', waiting: 'cancelled, removed', retrying: 'cancelled, removed', paused: 'cancelled, removed',
      cancelled: 'cancelled, removed', failed: 'failed, removed', completed: 'completed, removed', running: 'running, asked to remove',
    });
  });

  it('change the priority of what is not settled', async () => {
    expect(await outcomes((store, ids) => store.prioritise(ids, 9, T0))).toEqual({
      pending: 'pending', waiting: 'waiting', retrying: 'retrying', paused: 'paused', running: 'running', completed: '-', failed: '-', cancelled: '-',
    });
  });

  it('do nothing at all when one id is unknown, and name it', async () => {
    const store = await openTestStore();
    const id = await add(store);
    const commands = [store.pause, store.resume, store.cancel, store.retry, store.remove, (ids: readonly TaskId[], now: number) => store.prioritise(ids, 1, now)];
    for (const command of commands) {
      await expect(command([id, 4711], T0)).rejects.toMatchObject({ code: 'TASK_UNKNOWN', message: expect.stringContaining('4711') });
    }
    expect(await get(store, id)).toMatchObject({ status: 'pending', priority: 5, deletedAt: null, updatedAt: T0 });
  });

  it('leave a removed task as it is', async () => {
    const store = await openTestStore();
    const id = await add(store);
    await store.remove([id], T0);
    for (const command of [store.resume, store.retry, store.cancel, store.remove]) {
      expect(await command([id], T0 + 9)).toMatchObject([{ didChange: false, task: { status: 'cancelled', deletedAt: T0 } }]);
    }
  });

  it('answer in the order asked, once more for an id given twice', async () => {
    const store = await openTestStore();
    const [a, b] = [await add(store), await add(store)];
    expect((await store.pause([b, a, b], T0)).map(({ task, didChange }) => [task.id, didChange])).toEqual([[b, true], [a, true], [b, true]]);
  });

  it('start a retried task over: failures, losses and error gone, its last error kept', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    await store.saveProgress([{ ...endOf(running), progress: 50, progressCurrent: 5, progressTotal: 10, message: 'half', leaseUntil: T0 }], T0);
    await failForGood(store, running);
    const [retried] = await store.retry([running.task.id], T0 + 5000);
    expect(retried?.task).toMatchObject({ status: 'pending', failures: 0, workerLosses: 0, error: null, lastError: FAILURE, completedAt: null, progress: 0, progressCurrent: 0, message: '', attempt: 1, durationMs: 2000 });
  });

  it('resume or retry a task whose time has not come to waiting', async () => {
    const store = await openTestStore();
    const [a, b] = [await add(store, { runAt: T0 + 100 }), await add(store, { runAt: T0 + 100 })];
    await store.pause([a], T0);
    await store.cancel([b], T0);
    expect(await store.resume([a], T0)).toMatchObject([{ didChange: true, task: { status: 'waiting' } }]);
    expect(await store.retry([b], T0)).toMatchObject([{ didChange: true, task: { status: 'waiting' } }]);
    expect(await store.stage(T0 + 100)).toEqual({ staged: [a, b], nextAt: null });
  });
});

describe('wishes to a running task', () => {
  it('come about when its attempt stops', async () => {
    for (const [wish, outcome] of [['pause', { status: 'paused' }], ['cancel', { status: 'cancelled', completedAt: T0 + 2000 }], ['remove', { status: 'cancelled', deletedAt: T0 + 2000 }]] as const) {
      const store = await openTestStore();
      const running = await addRunning(store);
      await store[wish]([running.task.id], T0);
      expect((await store.release({ ...endOf(running), reason: wish }))?.task).toMatchObject({ ...outcome, stopRequested: null, failures: 0, message: wish });
    }
  });

  it('grow stronger, never weaker', async () => {
    const store = await openTestStore();
    const { task: { id } } = await addRunning(store);
    const wishes: string[] = [];
    for (const command of [store.pause, store.pause, store.cancel, store.pause, store.remove, store.cancel]) {
      const [touched] = await command([id], T0);
      wishes.push(`${touched?.task.stopRequested ?? 'none'} ${touched?.didChange ? 'new' : 'as before'}`);
    }
    expect(wishes).toEqual(['pause new', 'pause as before', 'cancel new', 'cancel as before', 'remove new', 'remove as before']);
  });

  it('are taken back by the command that undoes them, and the stopped task goes on', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    await store.pause([running.task.id], T0);
    expect(await store.resume([running.task.id], T0)).toMatchObject([{ didChange: true, task: { stopRequested: null } }]);
    await store.cancel([running.task.id], T0);
    expect(await store.resume([running.task.id], T0)).toMatchObject([{ didChange: false, task: { stopRequested: 'cancel' } }]);
    expect(await store.retry([running.task.id], T0)).toMatchObject([{ didChange: true, task: { stopRequested: null } }]);
    expect((await store.release({ ...endOf(running), reason: 'stopped' }))?.task.status).toBe('pending');
  });

  it('come about too when the attempt fails on its way out, instead of a backoff', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    await store.cancel([running.task.id], T0);
    expect((await store.fail({ ...endOf(running), error: FAILURE, retryAt: T0 + 9000 }))?.task).toMatchObject({ status: 'cancelled', failures: 1, lastError: FAILURE });
    const other = await addRunning(store);
    await store.pause([other.task.id], T0);
    expect((await store.lose({ ...endOf(other), error: FAILURE, poisonAfter: 3 }))?.task).toMatchObject({ status: 'paused', workerLosses: 1 });
  });

  it('do not undo work that was completed first; a wish to remove still takes it off the list', async () => {
    const store = await openTestStore();
    const cancelled = await addRunning(store);
    await store.cancel([cancelled.task.id], T0);
    expect((await complete(store, cancelled))?.task).toMatchObject({ status: 'completed', stopRequested: null, deletedAt: null });
    const removed = await addRunning(store);
    await store.remove([removed.task.id], T0);
    expect((await complete(store, removed))?.task).toMatchObject({ status: 'completed', deletedAt: T0 + 2000 });
    expect((await store.list({ limit: 10, offset: 0 })).tasks.map(({ id }) => id)).toEqual([cancelled.task.id]);
  });

  it('do not outlive the attempt they were meant for', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    await store.pause([running.task.id], T0);
    await store.release({ ...endOf(running), reason: 'pause' });
    await store.resume([running.task.id], T0);
    expect((await claim(store)).task.stopRequested).toBeNull();
  });
});

describe('the list', () => {
  it('shows the newest first, by status, type and id, in pages, with the total', async () => {
    const store = await openTestStore();
    const ids = await oneOfEach(store);
    const speech = await add(store, { type: 'transcribe', queue: 'speech' });
    const idsOf = async (filter: Partial<Parameters<Store['list']>[0]>): Promise<unknown> => {
      const { tasks, total } = await store.list({ limit: 100, offset: 0, ...filter });
      return { ids: tasks.map(({ id }) => id), total };
    };
    const newestFirst = (...listed: number[]): number[] => listed.sort((a, b) => b - a);
    expect(await idsOf({})).toEqual({ ids: newestFirst(...Object.values(ids), speech), total: 9 });
    expect(await idsOf({ limit: 2, offset: 3 })).toEqual({ ids: newestFirst(...Object.values(ids), speech).slice(3, 5), total: 9 });
    expect(await idsOf({ limit: 0 })).toEqual({ ids: [], total: 9 });
    expect(await idsOf({ status: ['failed', 'cancelled', 'pending'], limit: 2, offset: 1 })).toEqual({ ids: newestFirst(ids.failed, ids.cancelled, ids.pending, speech).slice(1, 3), total: 4 });
    expect(await idsOf({ type: ['transcribe'] })).toEqual({ ids: [speech], total: 1 });
    expect(await idsOf({ type: ['transcribe'], status: ['failed'] })).toEqual({ ids: [], total: 0 });
    expect(await idsOf({ ids: [ids.failed, ids.paused, 99], limit: 1 })).toEqual({ ids: [ids.paused], total: 2 });
    expect(await idsOf({ status: [] })).toEqual({ ids: [], total: 0 });
    expect(await idsOf({ ids: [] })).toEqual({ ids: [], total: 0 });
  });

  it('hides removed tasks, which can still be looked up', async () => {
    const store = await openTestStore();
    const [kept, removed] = [await add(store), await add(store)];
    await store.remove([removed], T0 + 1);
    expect((await store.list({ limit: 10, offset: 0 })).tasks.map(({ id }) => id)).toEqual([kept]);
    expect((await store.list({ ids: [removed], limit: 10, offset: 0 })).total).toBe(0);
    expect(await store.get(removed)).toMatchObject({ deletedAt: T0 + 1 });
    expect(await store.get(99)).toBeNull();
  });

  it('counts the same as it lists, also after rollbacks and a new start', async () => {
    const store = await openTestStore();
    const ids = await oneOfEach(store);
    await expect(store.pause([ids.pending, 4711], T0)).rejects.toThrow();
    await store.remove([ids.completed], T0);
    const expected = { pending: 1, waiting: 1, running: 1, retrying: 1, paused: 1, completed: 0, failed: 1, cancelled: 1 };
    expect(await store.counts()).toEqual(expected);
    await store.close();
    expect(await (await openTestStore(store.dir)).counts()).toEqual(expected);
  });

  it('gives what has no estimate yet, first by order', async () => {
    const store = await openTestStore();
    await store.insertTasks([draft(), draft({ priority: 9 }), draft({ runAt: T0 + 1 }), draft({ priority: 7 }), draft()], T0);
    await store.saveEstimate(4, { seconds: 1, memoryBytes: 0, tempBytes: 0, mediaSeconds: 0 }, T0);
    await store.pause([5], T0);
    expect((await store.withoutEstimate(10)).map(({ id }) => id)).toEqual([2, 1, 3]);
    expect((await store.withoutEstimate(1)).map(({ id }) => id)).toEqual([2]);
    await store.leaveUnestimated([2, 4]);
    expect((await store.withoutEstimate(10)).map(({ id }) => id)).toEqual([1, 3]);
    expect((await store.getMany([2, 4])).map(({ estimate }) => estimate?.seconds ?? null)).toEqual([null, 1]);
  });

  it('names the tasks whose work folders may go', async () => {
    const store = await openTestStore();
    const ids = await oneOfEach(store);
    const removed = await add(store);
    await store.remove([removed], T0);
    expect(await store.settledAmong([...Object.values(ids), removed, 4711])).toEqual([ids.completed, ids.cancelled, removed].sort((a, b) => a - b));
  });
});

describe('what is kept beside the tasks', () => {
  it('is settings, by name, until they are taken back', async () => {
    const store = await openTestStore();
    await store.setSetting('model', 'small');
    await store.setSetting('model', 'tiny.en');
    await store.setSetting('queue.media', '2');
    expect(await store.getSettings()).toEqual({ model: 'tiny.en', 'queue.media': '2' });
    await store.setSetting('model', null);
    expect(await store.getSettings()).toEqual({ 'queue.media': '2' });
  });

  it('is tools that run, told apart by pid and start stamp', async () => {
    const store = await openTestStore();
    await store.addTool({ pid: 10, startStamp: 'a' });
    await store.addTool({ pid: 10, startStamp: 'a' });
    await store.addTool({ pid: 10, startStamp: 'b' });
    await store.removeTool({ pid: 10, startStamp: 'a' });
    expect(await store.listTools()).toEqual([{ pid: 10, startStamp: 'b' }]);
  });
});
