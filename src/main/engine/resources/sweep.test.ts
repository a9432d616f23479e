import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { add, addRunning, complete, endOf, failForGood, get, openTestStore, T0, tempDir } from '../store/test-store.ts';
import { expireParts, sweepLostDrafts, sweepWorkFolders } from './sweep.ts';

const DAY_MS = 86_400_000;
const storeId = 'abcd1234';

/** A folder with a file in it. */
async function fill(...path: string[]): Promise<void> {
  await mkdir(join(...path), { recursive: true });
  await writeFile(join(...path, 'part'), 'x');
}

describe('at the start', () => {
  it('work folders of tasks that are over or unknown go; unfinished ones, look-alikes and links stay', async () => {
    const store = await openTestStore();
    const dir = await tempDir();
    const workDir = join(dir, 'work');
    const done = await addRunning(store);
    await complete(store, done);
    const failed = await addRunning(store);
    await failForGood(store, failed);
    const waiting = await add(store);
    for (const name of [`${storeId}-${done.task.id}`, `${storeId}-${failed.task.id}`, `${storeId}-${waiting}`, `${storeId}-4711`, `${storeId}-${waiting}.gone`]) await fill(workDir, name);
    for (const name of ['ffff0000-1', `${storeId}-x`, `${storeId}-1-2`, 'notes', '4711', `${storeId}-01`]) await fill(workDir, name);
    await fill(dir, 'precious');
    await symlink(join(dir, 'precious'), join(workDir, `${storeId}-4712`));
    await writeFile(join(workDir, `${storeId}-4713`), 'a file');
    await sweepWorkFolders(store, { workDir, storeId });
    expect((await readdir(workDir)).toSorted()).toEqual([
      `${storeId}-${failed.task.id}`, `${storeId}-${waiting}`, 'ffff0000-1', `${storeId}-x`, `${storeId}-1-2`, 'notes', '4711', `${storeId}-01`, `${storeId}-4712`, `${storeId}-4713`,
    ].toSorted());
    expect(await readFile(join(dir, 'precious', 'part'), 'utf8')).toBe('x');
  });

  it('a work folder that is itself a link is not swept', async () => {
    const store = await openTestStore();
    const dir = await tempDir();
    await fill(dir, 'elsewhere', `${storeId}-4711`);
    await symlink(join(dir, 'elsewhere'), join(dir, 'work'));
    await sweepWorkFolders(store, { workDir: join(dir, 'work'), storeId });
    expect(await readdir(join(dir, 'elsewhere'))).toEqual([`${storeId}-4711`]);
  });

  it('folders without the mark, as an older Longhaul named them, are taken over with their parts where the task has begun', async () => {
    const store = await openTestStore();
    const workDir = join(await tempDir(), 'work');
    const begun = await addRunning(store);
    await store.release({ ...endOf(begun), reason: null });
    const never = await add(store);
    for (const id of [begun.task.id, never]) await fill(workDir, String(id));
    await sweepWorkFolders(store, { workDir, storeId });
    expect((await readdir(workDir)).toSorted()).toEqual([String(never), `${storeId}-${begun.task.id}`]);
    expect(await readdir(join(workDir, `${storeId}-${begun.task.id}`))).toEqual(['part']);
  });

  it('outputs under temporary names go when their task does not go on; those of others, and links, stay', async () => {
    const store = await openTestStore();
    const out = await tempDir();
    const failed = await addRunning(store, { outputDir: out });
    await failForGood(store, failed);
    const running = await addRunning(store, { outputDir: out });
    const name = (id: number | string, store = storeId) => `.longhaul-${store}-${id}-1-0.part.mp4`;
    const precious = join(await tempDir(), 'precious');
    await writeFile(precious, 'x');
    for (const file of [name(failed.task.id), name(4711), name(running.task.id), name(failed.task.id, 'ffff0000'), `.longhaul-${storeId}-${failed.task.id}-notes.mp4`, 'result.mp4']) await writeFile(join(out, file), 'x');
    await symlink(precious, join(out, name(4712)));
    await mkdir(join(out, name(4713)));
    await sweepLostDrafts(store, { storeId, now: T0 + 5_000 });
    expect((await readdir(out)).toSorted()).toEqual([
      name(running.task.id), name(failed.task.id, 'ffff0000'), `.longhaul-${storeId}-${failed.task.id}-notes.mp4`, 'result.mp4', name(4712), name(4713),
    ].toSorted());
    expect(await readFile(precious, 'utf8')).toBe('x');
  });
});

it('parts that nobody came back for go after their days, with a sentence in the task', async () => {
  const store = await openTestStore();
  const workDir = join(await tempDir(), 'work');
  const failed = await addRunning(store);
  await store.savePlan({ ...endOf(failed), plan: {}, partsTotal: 2 });
  await failForGood(store, failed, T0);
  await fill(workDir, `${storeId}-${failed.task.id}`);
  expect(await expireParts(store, { workDir, storeId, now: T0 + 29 * DAY_MS, days: 30 })).toEqual([]);
  expect(await readdir(workDir)).toHaveLength(1);
  expect(await expireParts(store, { workDir, storeId, now: T0 + 31 * DAY_MS, days: 30 })).toEqual([failed.task.id]);
  expect(await readdir(workDir)).toEqual([]);
  expect(await get(store, failed.task.id)).toMatchObject({ checkpoint: null, warnings: ['Its finished parts were cleared away after 30 days. A retry starts over.'] });
});
