import { describe, expect, it } from 'vitest';
import { add, addRunning, claim, complete, endOf, failForGood, get, openTestStore, OWNER, T0 } from './test-store.ts';

const estimate = (memoryBytes: number, tempBytes: number) => ({ seconds: 10, memoryBytes, tempBytes, mediaSeconds: 10 });
const DAY_MS = 86_400_000;

describe('what attempts took', () => {
  it('corrects a recipe by the median of used to estimated, once three are known', async () => {
    const store = await openTestStore();
    for (const [index, memoryBytes] of [200, 300, 1000].entries()) {
      const id = await add(store);
      await store.saveEstimate(id, estimate(100, 0), T0);
      await store.addResourceUse({ id, memoryBytes, tempBytes: 50, processorShare: 0.5 + index / 10, now: T0 });
      if (index < 2) expect(await store.resourceUse('mp4-h264')).toEqual({ memoryRatio: null, tempRatio: null, processors: null });
    }
    // Nothing was estimated of the temporary files: there is no ratio.
    expect(await store.resourceUse('mp4-h264')).toEqual({ memoryRatio: 3, tempRatio: null, processors: 0.6 });
    expect(await store.resourceUse('other')).toEqual({ memoryRatio: null, tempRatio: null, processors: null });
  });

  it('is kept of the newest twenty only', async () => {
    const store = await openTestStore();
    const id = await add(store);
    await store.saveEstimate(id, estimate(100, 100), T0);
    for (let index = 0; index < 20; index += 1) await store.addResourceUse({ id, memoryBytes: 900, tempBytes: 100, processorShare: 1, now: T0 });
    for (let index = 0; index < 20; index += 1) await store.addResourceUse({ id, memoryBytes: 150, tempBytes: 100, processorShare: 1, now: T0 });
    expect(await store.resourceUse('mp4-h264')).toMatchObject({ memoryRatio: 1.5, tempRatio: 1 });
  });
});

describe('a claim of light tasks', () => {
  it('ends before the first that needs more, whatever is behind it', async () => {
    const store = await openTestStore();
    const ids = [await add(store), await add(store), await add(store)];
    for (const [index, memoryBytes] of [10, 1000, 10].entries()) await store.saveEstimate(ids[index] ?? 0, estimate(memoryBytes, 5), T0);
    const ask = (light: { memoryBytes: number; tempBytes: number; isUnknownLight: boolean }) => store.claim({ queue: 'media', limit: 3, leaseOwner: OWNER, leaseUntil: T0 + 1000, now: T0, light });
    expect(await ask({ memoryBytes: 100, tempBytes: 4, isUnknownLight: true })).toEqual([]);
    expect((await ask({ memoryBytes: 100, tempBytes: 5, isUnknownLight: true })).map(({ task }) => task.id)).toEqual([ids[0]]);
    expect((await store.candidates('media', null, 10)).map(({ id, outputDir, estimate: known }) => [id, outputDir, known?.memoryBytes])).toEqual([[ids[1], '/videos', 1000], [ids[2], '/videos', 10]]);
    expect((await ask({ memoryBytes: 1000, tempBytes: 5, isUnknownLight: false })).map(({ task }) => task.id)).toEqual([ids[1], ids[2]]);
  });

  it('counts a task without an estimate as it is told', async () => {
    const store = await openTestStore();
    const id = await add(store);
    const ask = (isUnknownLight: boolean) => store.claim({ queue: 'media', limit: 1, leaseOwner: OWNER, leaseUntil: T0 + 1000, now: T0, light: { memoryBytes: 1, tempBytes: 1, isUnknownLight } });
    expect(await ask(false)).toEqual([]);
    expect((await ask(true)).map(({ task }) => task.id)).toEqual([id]);
  });
});

describe('parts that nobody came back for', () => {
  it('are forgotten after their time, and the task says so; those of tasks that go on by themselves stay', async () => {
    const store = await openTestStore();
    const failed = await addRunning(store);
    await store.savePlan({ ...endOf(failed), plan: {}, partsTotal: 2 });
    await store.savePart({ ...endOf(failed), index: 0, part: {} });
    await failForGood(store, failed, T0);
    const released = await addRunning(store);
    await store.savePlan({ ...endOf(released), plan: {}, partsTotal: 2 });
    await store.release({ ...endOf(released, T0), reason: 'interrupted' });
    const expire = (now: number) => store.expireParts({ before: now - 30 * DAY_MS, limit: 100, sentence: 'They are gone.', now });
    expect(await expire(T0 + 30 * DAY_MS)).toEqual([]);
    expect(await expire(T0 + 31 * DAY_MS)).toEqual([failed.task.id]);
    expect(await expire(T0 + 31 * DAY_MS)).toEqual([]);
    expect(await get(store, failed.task.id)).toMatchObject({ status: 'failed', checkpoint: null, warnings: ['They are gone.'] });
    expect(await get(store, released.task.id)).toMatchObject({ status: 'pending', checkpoint: { partsTotal: 2 }, warnings: [] });
  });
});

it('temporary files are wanted by what will go on, and by what was about to be published', async () => {
  const store = await openTestStore();
  const done = await addRunning(store, { outputDir: '/out' });
  await complete(store, done);
  const failing = await addRunning(store);
  await store.saveIntent({ ...endOf(failing), outputs: [{ path: '/a', tempPath: '/t', sizeBytes: 1, sha256: 'a'.repeat(64) }] });
  await failForGood(store, failing);
  await add(store);
  const running = await claim(store);
  expect(await store.draftsInUse([done.task.id, failing.task.id, running.task.id, 999])).toEqual([failing.task.id, running.task.id]);
  expect((await store.draftFolders(T0)).toSorted()).toEqual(['/out', '/videos']);
  expect(await store.draftFolders(T0 + DAY_MS)).toEqual([]);
});
