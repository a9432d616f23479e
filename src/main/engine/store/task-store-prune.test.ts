import { expect, it } from 'vitest';
import type { PruneMark } from './schedule-operations.ts';
import type { Store } from './store.ts';
import { add, addRunning, claim, complete, endOf, failForGood, get, openTestStore, T0 } from './test-store.ts';

const LATER = T0 + 100_000;

/** The whole clean-up, portion by portion; budgetMs 0: as few tasks a portion as it can. */
async function prune(store: Store, before = LATER, budgetMs = 0): Promise<{ removed: number; listed: number[]; portions: number }> {
  let removed = 0;
  let portions = 0;
  const listed: number[] = [];
  for (let after: PruneMark | null = null; ; ) {
    const portion = await store.pruneTasks({ before, after, budgetMs });
    removed += portion.removed;
    listed.push(...portion.listed);
    portions += 1;
    if (portion.next === null) return { removed, listed, portions };
    after = portion.next;
  }
}

async function idsOf(store: Store): Promise<number[]> {
  return (await store.list({ limit: 1000, offset: 0 })).tasks.map(({ id }) => id).sort((a, b) => a - b);
}

it('removes what ended before, and nothing else', async () => {
  const store = await openTestStore();
  const done = await addRunning(store);
  await complete(store, done);
  const cancelled = await add(store);
  await store.cancel([cancelled], T0);
  const dead = await addRunning(store);
  await failForGood(store, dead);
  const young = await addRunning(store);
  await complete(store, young, LATER + 1);
  const running = await addRunning(store);
  const pending = await add(store);
  expect(await prune(store)).toMatchObject({ removed: 2, listed: [done.task.id, cancelled] });
  // A dead letter waits for its user, however long.
  expect(await idsOf(store)).toEqual([dead.task.id, young.task.id, running.task.id, pending]);
  expect(await store.get(done.task.id)).toBeNull();
});

it('takes a dead letter that was taken off the list, and does not tell the list of it again', async () => {
  const store = await openTestStore();
  const dead = await addRunning(store);
  await failForGood(store, dead);
  await store.remove([dead.task.id], T0 + 3000);
  expect(await prune(store)).toMatchObject({ removed: 1, listed: [] });
});

it('a task whose transcript somebody has edited stays until that person removes it', async () => {
  const store = await openTestStore();
  const done = await addRunning(store);
  const { id } = done.task;
  await store.saveDocument({ ...endOf(done), document: { segments: [] } });
  await complete(store, done);
  await store.editDocument({ id, baseRevision: 1, document: { segments: ['mine'] }, now: T0 + 3000 });
  expect(await prune(store)).toMatchObject({ removed: 0 });
  await store.remove([id], T0 + 4000);
  expect(await prune(store)).toMatchObject({ removed: 1 });
});

it('log, attempts and document go with the task, and the history has a line of it', async () => {
  const store = await openTestStore();
  const done = await addRunning(store);
  const { id } = done.task;
  await store.saveDocument({ ...endOf(done), document: { segments: [] } });
  await store.appendLog(Array.from({ length: 1200 }, (_, line) => [id, T0, `line ${line}`] as const));
  await complete(store, done);
  expect(await prune(store)).toMatchObject({ removed: 1 });
  expect(await store.readLog(id, 10)).toEqual([]);
  expect(await store.attempts(id)).toEqual([]);
  expect(await store.document(id)).toBeNull();
  expect(await store.listHistory(null, 10)).toEqual([
    { id, type: 'video_convert', recipe: 'mp4-h264', status: 'completed', input: '/videos/a.mov', createdAt: T0, completedAt: T0 + 2000, durationMs: 2000, attempts: 1, outputs: 0 },
  ]);
});

it('what others still wait for stays until they are over', async () => {
  const store = await openTestStore();
  const first = await addRunning(store);
  const chain = await add(store, { dependsOn: [first.task.id] });
  await complete(store, first);
  expect(await prune(store)).toMatchObject({ removed: 0 });
  const second = await claim(store);
  expect(second.task.id).toBe(chain);
  await complete(store, second);
  expect(await prune(store)).toMatchObject({ removed: 2 });
});

it('members of a group stay until its last is over', async () => {
  const store = await openTestStore();
  const member = { more: { newGroup: 0 } };
  const draft = { type: 'video_convert', recipe: 'mp4-h264', queue: 'media', priority: 5, inputs: ['/videos/a.mov'], outputDir: null, options: {}, maxRetries: 3, dependsOn: [], runAt: null, ...member } as const;
  await store.insertTasks([draft, draft], T0, [{ name: 'both', onFailure: 'goOn' }]);
  await complete(store, await claim(store));
  expect(await prune(store)).toMatchObject({ removed: 0 });
  await complete(store, await claim(store));
  expect(await prune(store)).toMatchObject({ removed: 2 });
});

it('works in portions, each going on where the one before ended', async () => {
  const store = await openTestStore();
  for (let left = 30; left > 0; left -= 1) await complete(store, await addRunning(store));
  const { removed, portions } = await prune(store);
  expect(removed).toBe(30);
  expect(portions).toBeGreaterThan(2);
  expect(await store.counts()).toMatchObject({ completed: 0 });
  await complete(store, await addRunning(store));
  expect((await get(store, 31)).status).toBe('completed');
});

it('the history is measured and forgotten from its oldest end', async () => {
  const store = await openTestStore();
  for (let left = 5; left > 0; left -= 1) await complete(store, await addRunning(store));
  await prune(store);
  const { rows } = await store.measureHistory(null, 10);
  expect(rows.map(({ id }) => id)).toEqual([5, 4, 3, 2, 1]);
  for (const { bytes } of rows) expect(bytes).toBeGreaterThan('/videos/a.mov'.length);
  expect(await store.trimHistory(3, 2)).toBe(2);
  expect(await store.trimHistory(3, 2)).toBe(1);
  expect((await store.listHistory(null, 10)).map(({ id }) => id)).toEqual([5, 4]);
});

it('tasks that were removed at the same moment go portion by portion too', async () => {
  const store = await openTestStore();
  const ids: number[] = [];
  for (let left = 12; left > 0; left -= 1) {
    const done = await addRunning(store);
    await complete(store, done);
    ids.push(done.task.id);
  }
  await store.remove(ids.slice(0, 9), T0 + 3000);
  await store.remove(ids.slice(9, 11), T0 + 3001);
  const { removed, listed, portions } = await prune(store);
  expect([removed, listed]).toEqual([12, ids.slice(11)]);
  expect(portions).toBeGreaterThan(3);
});

it('plan and parts of a cancelled task go with it, however many there are', async () => {
  const store = await openTestStore();
  const running = await addRunning(store);
  await store.savePlan({ ...endOf(running), plan: {}, partsTotal: 1500 });
  await Promise.all(Array.from({ length: 1500 }, (_, index) => store.savePart({ ...endOf(running), index, part: { index } })));
  await store.cancel([running.task.id], T0 + 1);
  await store.release({ ...endOf(running), reason: null });
  expect(await store.partsOf(running.task.id)).not.toBeNull();
  expect(await prune(store)).toMatchObject({ removed: 1 });
  expect(await store.partsOf(running.task.id)).toBeNull();
});
