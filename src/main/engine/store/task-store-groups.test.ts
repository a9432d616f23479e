import { describe, expect, it } from 'vitest';
import type { TaskId } from '../../../shared/task.ts';
import type { DraftMore, Store } from './store.ts';
import { add, claim, complete, countCommits, draft, endOf, failForGood, FAILURE, get, openTestStore, OWNER, T0 } from './test-store.ts';

const OUTPUT = { path: '/videos/a.mp4', sizeBytes: 7, sha256: 'a'.repeat(64) };

/** A group of so many tasks of equal priority, then a task that waits for all of them. */
async function chord(store: Store, members: number, { onFailure = 'goOn', isInside = false, ...last }: DraftMore & { onFailure?: 'goOn' | 'stop' | 'cancelRest'; isInside?: boolean } = {}) {
  const places = Array.from({ length: members }, (_, place) => place);
  const briefs = await store.insertTasks(
    [...places.map(() => draft({ more: { newGroup: 0 } })), draft({ priority: 0, more: { after: places, ...(isInside ? { newGroup: 0 } : {}), ...last } })], T0, [{ name: 'trip', onFailure }],
  );
  const ids = briefs.map(({ id }) => id);
  return { ids: ids.slice(0, members), last: ids[members] ?? 0, group: briefs[0]?.groupId ?? 0 };
}

async function statuses(store: Store, ids: readonly TaskId[]): Promise<string[]> {
  return (await store.getMany(ids)).map(({ status }) => status);
}

function idsOf(tasks: readonly { readonly id: TaskId }[] | undefined): TaskId[] {
  return (tasks ?? []).map(({ id }) => id);
}

describe('a chord', () => {
  it('whose last two members end in the same commit is freed once and handed out once, with what they made', async () => {
    const store = await openTestStore();
    const { ids, last } = await chord(store, 2);
    const [first, second] = [await claim(store), await claim(store)];
    const before = await countCommits(store.dir);
    const [one, two] = await Promise.all([store.complete({ ...endOf(first), outputs: [OUTPUT], message: 'done', pace: null }), store.complete({ ...endOf(second), outputs: [], message: 'done', pace: null })]);
    expect(await countCommits(store.dir)).toBe(before + 1);
    expect([...(one?.released ?? []), ...(two?.released ?? [])]).toEqual([last]);
    const claims = await Promise.all([1, 2].map(() => store.claim({ queue: 'media', limit: 5, leaseOwner: OWNER, leaseUntil: T0, now: T0 })));
    expect(claims.flat()).toMatchObject([{
      task: { id: last }, groupName: 'trip',
      dependencies: [{ id: ids[0], status: 'completed', inputs: ['/videos/a.mov'], outputs: [OUTPUT], durationMs: 2000, error: null }, { id: ids[1], status: 'completed', outputs: [] }],
    }]);
  });

  it('is there after a crash between the last end and its start, and an attempt of before the crash counts for nothing', async () => {
    const store = await openTestStore();
    const { last } = await chord(store, 1);
    await complete(store, await claim(store));
    await store.close();
    const second = await openTestStore(store.dir);
    expect(await second.rescue({ leaseOwner: 'engine-2', now: T0 })).toEqual([]);
    const lost = await claim(second, T0, 'engine-2');
    expect(lost).toMatchObject({ task: { id: last, attempt: 1 }, dependencies: [{ status: 'completed' }] });
    await second.close();
    const third = await openTestStore(store.dir);
    await third.rescue({ leaseOwner: 'engine-3', now: T0 });
    const again = await claim(third, T0, 'engine-3');
    expect(again).toMatchObject({ task: { id: last, attempt: 2 }, dependencies: lost.dependencies });
    expect(await complete(third, lost)).toBeNull();
    expect(await complete(third, again)).toMatchObject({ task: { status: 'completed' } });
    expect(await complete(third, again)).toBeNull();
  });

  it('that needs its members only over starts when the last has ended in whatever way, and is told how', async () => {
    const store = await openTestStore();
    const { ids, last } = await chord(store, 4, { dependencyMode: 'settled' });
    await complete(store, await claim(store));
    expect((await failForGood(store, await claim(store)))?.broken).toEqual([]);
    await store.remove(ids.slice(2, 3), T0);
    expect(await get(store, last)).toMatchObject({ status: 'waiting', dependencyMode: 'settled' });
    expect(idsOf((await store.cancel(ids.slice(3), T0))[0]?.others)).toEqual([last]);
    expect((await claim(store)).dependencies.map(({ status, error }) => [status, error?.code])).toEqual([['completed', undefined], ['failed', 'TOOL_FAILED'], ['cancelled', undefined], ['cancelled', undefined]]);
  });

  it('that failed with a member waits again when that one is retried, with all that waits for it', async () => {
    const store = await openTestStore();
    const { ids, last } = await chord(store, 2);
    const after = await add(store, { dependsOn: [last] });
    expect(idsOf((await failForGood(store, await claim(store)))?.broken)).toEqual([last, after]);
    const [retried] = await store.retry(ids.slice(0, 1), T0);
    expect(idsOf(retried?.others)).toEqual([last, after]);
    expect(await statuses(store, [last, after])).toEqual(['waiting', 'waiting']);
    await complete(store, await claim(store));
    expect(await complete(store, await claim(store))).toMatchObject({ released: [last] });
    expect(await get(store, last)).toMatchObject({ error: null, completedAt: null });
  });

  it('that still has another failed member stays failed', async () => {
    const store = await openTestStore();
    const { ids, last } = await chord(store, 2);
    await failForGood(store, await claim(store));
    await failForGood(store, await claim(store));
    expect((await store.retry(ids.slice(0, 1), T0))[0]?.others).toEqual([]);
    expect(idsOf((await store.retry(ids.slice(1), T0))[0]?.others)).toEqual([last]);
  });

  it('that could go on without a failed member is held back when that one is retried first', async () => {
    const store = await openTestStore();
    const { ids, last } = await chord(store, 1, { dependencyMode: 'settled' });
    await failForGood(store, await claim(store));
    expect(await statuses(store, [last])).toEqual(['pending']);
    expect(idsOf((await store.retry(ids, T0))[0]?.others)).toEqual([last]);
    expect(await statuses(store, [last])).toEqual(['waiting']);
    expect(await complete(store, await claim(store))).toMatchObject({ released: [last] });
  });
});

describe('a group whose member fails for good', () => {
  it('goes on where it is told to', async () => {
    const store = await openTestStore();
    const { ids, group } = await chord(store, 3);
    await failForGood(store, await claim(store));
    expect(await statuses(store, ids)).toEqual(['failed', 'pending', 'pending']);
    expect(await store.group(group)).toMatchObject({ stoppedAt: null, counts: { failed: 1, pending: 2 }, total: 3 });
  });

  it('pauses what has not begun in the same commit, lets run what runs, and takes no new members until it is resumed', async () => {
    const store = await openTestStore();
    const { ids, last, group } = await chord(store, 3, { onFailure: 'stop', dependencyMode: 'settled', isInside: true });
    const [first] = [await claim(store), await claim(store)];
    const before = await countCommits(store.dir);
    const ended = await failForGood(store, first);
    expect(await countCommits(store.dir)).toBe(before + 1);
    expect(idsOf(ended?.others)).toEqual([ids[2], last]);
    expect(await statuses(store, [...ids, last])).toEqual(['failed', 'running', 'paused', 'paused']);
    expect(await store.group(group)).toMatchObject({ stoppedAt: T0 + 2000 });
    await expect(add(store, { more: { groupId: group } })).rejects.toMatchObject({ code: 'TASK_STATE' });
    expect(idsOf((await store.changeGroup({ id: group, command: 'resume', now: T0 })).tasks)).toEqual([ids[2], last]);
    expect(await statuses(store, [...ids, last])).toEqual(['failed', 'running', 'pending', 'waiting']);
    expect(await add(store, { more: { groupId: group } })).toBeGreaterThan(last);
  });

  it('cancels all that is not over in the same commit, asks what runs to stop, and breaks what waits for it outside', async () => {
    const store = await openTestStore();
    const { ids, last } = await chord(store, 3, { onFailure: 'cancelRest' });
    const [first, second] = [await claim(store), await claim(store)];
    const ended = await failForGood(store, first);
    expect(idsOf(ended?.broken)).toEqual([last]);
    expect(ended?.others).toMatchObject([{ id: ids[1], status: 'running', stopRequested: 'cancel' }, { id: ids[2], status: 'cancelled', message: `cancelled: task ${ids[0] ?? 0} of its group failed` }]);
    await store.release({ ...endOf(second), reason: 'cancelled' });
    expect(await statuses(store, ids)).toEqual(['failed', 'cancelled', 'cancelled']);
  });

  it('does so too when poison or a failure outside fails the member, and through one group after another', async () => {
    const store = await openTestStore();
    const outside = await add(store, { priority: 9 });
    const [inFirst, second] = await store.insertTasks([draft({ dependsOn: [outside], more: { newGroup: 0 } }), draft({ more: { newGroup: 0 } }), draft({ more: { after: [1], newGroup: 1 } }), draft({ more: { newGroup: 1 } })], T0, [
      { name: 'one', onFailure: 'cancelRest' }, { name: 'two', onFailure: 'stop' },
    ]);
    const ended = await store.lose({ ...endOf(await claim(store)), error: FAILURE, poisonAfter: 1 });
    expect(idsOf(ended?.broken)).toEqual([inFirst?.id, 4]);
    expect(await statuses(store, [1, 2, second?.id ?? 0, 4, 5])).toEqual(['failed', 'failed', 'cancelled', 'failed', 'paused']);
  });
});

describe('a command on a group', () => {
  it('reaches every member in one commit and leaves others alone', async () => {
    const store = await openTestStore();
    const { ids, group } = await chord(store, 3);
    const other = await add(store, { priority: 1 });
    const running = await claim(store);
    const before = await countCommits(store.dir);
    const paused = await store.changeGroup({ id: group, command: 'pause', now: T0 });
    expect(await countCommits(store.dir)).toBe(before + 1);
    expect(paused.tasks).toMatchObject([{ id: ids[0], status: 'running', stopRequested: 'pause' }, { id: ids[1], status: 'paused' }, { id: ids[2], status: 'paused' }]);
    await store.release({ ...endOf(running), reason: 'paused' });
    expect((await store.changeGroup({ id: group, command: 'resume', now: T0 })).tasks).toHaveLength(3);
    await store.changeGroup({ id: group, command: 'prioritise', priority: 9, now: T0 });
    expect((await store.getMany([...ids, other])).map(({ priority }) => priority)).toEqual([9, 9, 9, 1]);
    await store.changeGroup({ id: group, command: 'cancel', now: T0 });
    expect(await statuses(store, [...ids, other])).toEqual(['cancelled', 'cancelled', 'cancelled', 'pending']);
    expect((await store.changeGroup({ id: group, command: 'retry', now: T0 })).tasks).toHaveLength(3);
    await expect(store.changeGroup({ id: 99, command: 'cancel', now: T0 })).rejects.toMatchObject({ code: 'GROUP_UNKNOWN' });
  });

  it('cancels members that wait for each other as cancelled, and fails who waits outside', async () => {
    const store = await openTestStore();
    const briefs = await store.insertTasks([draft({ more: { newGroup: 0 } }), draft({ more: { newGroup: 0, after: [0] } }), draft({ more: { after: [1] } })], T0, [{ name: 'chain', onFailure: 'goOn' }]);
    expect(await store.changeGroup({ id: briefs[0]?.groupId ?? 0, command: 'cancel', now: T0 })).toMatchObject({ tasks: [{ id: 1 }, { id: 2 }], others: [3] });
    expect(await statuses(store, [1, 2, 3])).toEqual(['cancelled', 'cancelled', 'failed']);
  });
});

describe("a group's progress", () => {
  it('is one figure in which members weigh what they are estimated to take, and whatever is over counts as done', async () => {
    const store = await openTestStore();
    const { ids, group } = await chord(store, 3);
    expect(await store.group(group)).toMatchObject({ name: 'trip', onFailure: 'goOn', progress: 0 });
    const [long, short] = [ids[0] ?? 0, ids[1] ?? 0];
    await store.saveEstimate(long, { seconds: 300, memoryBytes: 0, tempBytes: 0, mediaSeconds: 0 }, T0);
    await store.saveEstimate(short, { seconds: 100, memoryBytes: 0, tempBytes: 0, mediaSeconds: 0 }, T0);
    const running = await claim(store);
    await store.saveProgress([{ ...endOf(running), progress: 50, progressCurrent: 1, progressTotal: 2, message: '', leaseUntil: T0 }], T0);
    // 150 of 300 seconds, none of 100, none of the third's 200, which is what the others take on average.
    expect((await store.group(group))?.progress).toBe(25);
    await failForGood(store, running);
    expect((await store.group(group))?.progress).toBe(50);
    await store.cancel(ids.slice(1), T0);
    expect(await store.groups({ limit: 10, offset: 0 })).toMatchObject({ total: 1, groups: [{ progress: 100, counts: { failed: 1, cancelled: 2, pending: 0 }, total: 3 }] });
    await store.remove(ids.slice(2), T0);
    expect(await store.group(group)).toMatchObject({ total: 2 });
    await store.remove(ids.slice(0, 2), T0);
    expect(await store.groups({ limit: 10, offset: 0 })).toEqual({ groups: [], total: 0 });
  });
});

describe('a unique task', () => {
  const unique = (withinMs: number, now = T0): DraftMore => ({ unique: { key: 'k', since: now - withinMs } });

  it('that is there already is answered instead of being added, also when both come at the same moment', async () => {
    const store = await openTestStore();
    const [first, second] = await Promise.all([store.insertTasks([draft({ more: unique(1000) })], T0), store.insertTasks([draft({ more: unique(1000) }), draft({ more: unique(1000) })], T0)]);
    expect(first).toEqual([{ id: 1, type: 'video_convert', status: 'pending' }]);
    expect(second).toEqual([1, 1].map((id) => ({ id, type: 'video_convert', status: 'pending', isDuplicate: true })));
    expect(await store.counts()).toMatchObject({ pending: 1 });
  });

  it('is added when the other is older than the window, or has failed, was cancelled or removed', async () => {
    const store = await openTestStore();
    expect(await add(store, { more: unique(1000) })).toBe(1);
    expect(await add(store, { more: unique(1000, T0 + 1001) }, T0 + 1001)).toBe(2);
    await store.cancel([1], T0);
    await store.remove([2], T0);
    expect(await add(store, { more: unique(9000) }, T0)).toBe(3);
  });

  it('can be depended on as if it had been added, and makes no group', async () => {
    const store = await openTestStore();
    await add(store, { more: unique(1000) });
    const briefs = await store.insertTasks([draft({ more: { ...unique(1000), newGroup: 0 } }), draft({ more: { after: [0] } })], T0, [{ name: 'none', onFailure: 'goOn' }]);
    expect(briefs).toMatchObject([{ id: 1, isDuplicate: true }, { id: 2, status: 'waiting' }]);
    expect(await store.groups({ limit: 1, offset: 0 })).toEqual({ groups: [], total: 0 });
  });
});

describe('a graph', () => {
  it('of ten thousand tasks is stored in one commit, whole', async () => {
    const store = await openTestStore();
    await add(store);
    const before = await countCommits(store.dir);
    const briefs = await store.insertTasks(Array.from({ length: 10_000 }, (_, place) => draft({ more: { newGroup: 0, after: place === 9_999 ? Array.from({ length: 9_999 }, (_unused, one) => one) : place > 1 ? [place - 2] : [] } })), T0, [{ name: 'big', onFailure: 'goOn' }]);
    expect(await countCommits(store.dir)).toBe(before + 1);
    expect(await store.counts()).toMatchObject({ pending: 3, waiting: 9_998 });
    expect((await get(store, briefs[9_999]?.id ?? 0)).dependsOn).toHaveLength(9_999);
  });

  it('with a dependency, parent or group that is not there is refused whole', async () => {
    const store = await openTestStore();
    await expect(store.insertTasks([draft(), draft({ more: { parentTaskId: 99 } })], T0)).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
    await expect(store.insertTasks([draft(), draft({ more: { groupId: 99 } })], T0)).rejects.toMatchObject({ code: 'GROUP_UNKNOWN' });
    expect(await store.counts()).toMatchObject({ pending: 0 });
  });
});
