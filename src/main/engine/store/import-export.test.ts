import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readDatabase } from './test-database.ts';
import { add, claim, complete, draft, endOf, failForGood, openTestStore, OWNER, T0, tempDir } from './test-store.ts';

type TestStore = Awaited<ReturnType<typeof openTestStore>>;

/** A queue with a task in every status, and something of everything that belongs to tasks. */
async function fullStore(): Promise<{ store: TestStore; file: string }> {
  const store = await openTestStore();
  await store.setSetting('storeId', 'there');
  await store.setSetting('theme', 'dark');
  await store.setSetting('smtpPassword', 'hunter2');
  await add(store, { inputs: ['/videos/1.mov'], more: { notify: ['desktop', 'https://hooks.example/secret-path'], owner: 'ann', tier: 'PRO' } });
  const done = await claim(store);
  await store.savePlan({ ...endOf(done), plan: { cuts: [1, 2] }, partsTotal: 2 });
  await store.saveDocument({ ...endOf(done), document: { text: 'hello' } });
  await complete(store, done);
  await add(store, { inputs: ['/videos/2.mov'] });
  await failForGood(store, await claim(store));
  const [first] = await store.insertTasks([draft({ inputs: ['/videos/3.mov'], more: { newGroup: 0 } }), draft({ inputs: ['/videos/4.mov'], more: { newGroup: 0, after: [0] } })], T0, [{ name: 'the evening', onFailure: 'goOn' }]);
  const running = await claim(store);
  expect(running.task.id).toBe(first?.id);
  await store.savePlan({ ...endOf(running), plan: { cuts: [5] }, partsTotal: 1 });
  await store.savePart({ ...endOf(running), index: 0, part: { name: 'a' } });
  await store.appendLog([[running.task.id, T0, 'it went well']]);
  await store.pause([await add(store, { inputs: ['/videos/5.mov'] })], T0);
  await store.cancel([await add(store, { inputs: ['/videos/6.mov'] })], T0);
  await store.remove([await add(store, { inputs: ['/videos/7.mov'] })], T0);
  const file = join(await tempDir(), 'queue.jsonl');
  return { store, file };
}

const OPTIONS = { now: T0 + 9, storeId: 'here' };
const byInput = async (store: TestStore) => new Map((await store.list({ limit: 100, offset: 0 })).tasks.map((task) => [task.inputs[0], task]));

describe('an export', () => {
  it('has every task and nothing secret, and does not replace a file', async () => {
    const { store, file } = await fullStore();
    expect(await store.exportQueue(file, T0)).toMatchObject({ tasks: 7, groups: 1 });
    const text = await readFile(file, 'utf8');
    expect(text.split('\n').filter((line) => line.includes('"table":"task"'))).toHaveLength(7);
    for (const secret of ['hunter2', 'secret-path', 'smtpPassword']) expect(text).not.toContain(secret);
    await expect(store.exportQueue(file, T0 + 1)).rejects.toMatchObject({ code: 'USAGE' });
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(await store.listBackups()).toEqual([]);
  });
});

describe('an import', () => {
  it.each([0, 5])('into a queue of %i tasks keeps all statuses, references and what belongs to tasks, with new ids', async (before) => {
    const { store: source, file } = await fullStore();
    await source.exportQueue(file, T0);
    const target = await openTestStore();
    for (let one = 0; one < before; one += 1) await add(target, { inputs: [`/own/${one}.mov`], runAt: T0 * 2 });
    expect(await target.importQueue(file, OPTIONS)).toEqual({ tasks: 7, groups: 1, schedules: 0, skipped: 0 });
    const tasks = await byInput(target);
    const of = (number: number) => tasks.get(`/videos/${number}.mov`);
    expect([1, 2, 3, 4, 5, 6, 7].map((number) => of(number)?.status)).toEqual(['completed', 'failed', 'pending', 'waiting', 'paused', 'cancelled', undefined]);
    expect(of(1)).toMatchObject({ id: before + 1, owner: 'ann', tier: 'PRO', notify: ['desktop'], attempt: 1, createdAt: T0 });
    expect(of(3)).toMatchObject({ leaseOwner: null, leaseUntil: null, checkpoint: { partsDone: 1, partsTotal: 1 } });
    expect(of(4)).toMatchObject({ dependsOn: [of(3)?.id], groupId: of(3)?.groupId });
    expect(await target.document(of(1)?.id ?? 0)).toEqual({ document: { text: 'hello' }, revision: 1 });
    expect(await target.attempts(of(2)?.id ?? 0)).toMatchObject([{ attempt: 1, outcome: 'failed' }]);
    expect((await target.readLog(of(3)?.id ?? 0, 10)).map(([, line]) => line)).toEqual(['it went well']);
    expect(await target.getSettings()).toMatchObject({ theme: 'dark' });
    expect((await target.counts()).waiting).toBe(1 + before);
    // It is worked on like any: the one it waits for is done, then it is free.
    const next = await claim(target, T0 + 10);
    expect(next.task.id).toBe(of(3)?.id);
    expect((await complete(target, next, T0 + 20))?.released).toEqual([of(4)?.id]);
  });

  it('of the same file takes nothing twice, and one that was cut short goes on', async () => {
    const { store: source, file } = await fullStore();
    await source.insertTasks(Array.from({ length: 900 }, (_, number) => draft({ inputs: [`/many/${number}.mov`] })), T0);
    await source.exportQueue(file, T0);
    let target = await openTestStore();
    const cut = target.importQueue(file, OPTIONS).then(() => 'whole', () => 'cut');
    while ((await target.list({ limit: 0, offset: 0 })).total === 0) await setImmediate();
    await target.close();
    expect(await cut).toBe('cut');
    target = await openTestStore(target.dir);
    const { total } = await target.list({ limit: 0, offset: 0 });
    const rest = await target.importQueue(file, OPTIONS);
    expect(rest.skipped).toBeGreaterThanOrEqual(total);
    expect(rest.tasks + rest.skipped).toBe(907);
    expect(await target.importQueue(file, OPTIONS)).toMatchObject({ tasks: 0, skipped: 907 });
    expect((await target.list({ limit: 0, offset: 0 })).total).toBe(906);
    await target.close();
    expect(readDatabase(target.dir, 'SELECT COUNT(*) FROM attempt')).toBe(2);
  });

  it('into the queue it came from brings back what is missing there, and nothing else', async () => {
    const { store, file } = await fullStore();
    await store.exportQueue(file, T0);
    const ids = [...(await byInput(store)).values()].map(({ id }) => id);
    expect(await store.importQueue(file, { ...OPTIONS, storeId: 'there' })).toMatchObject({ tasks: 0, skipped: 7 });
    expect([...(await byInput(store)).values()].map(({ id }) => id)).toEqual(ids);
    expect(await store.attempts(1)).toHaveLength(1);
  });

  it('of a file that is cut short, damaged or something else takes nothing in', async () => {
    const { store: source, file } = await fullStore();
    await source.exportQueue(file, T0);
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    const target = await openTestStore();
    const spoilt: [string, string][] = [
      [lines.slice(0, -1).join('\n'), 'INPUT_DAMAGED'], [lines.toSpliced(3, 1).join('\n'), 'INPUT_DAMAGED'], [lines.with(3, '{"table":').join('\n'), 'INPUT_DAMAGED'],
      [lines.with(3, '{"table":"sqlite_schema","row":{}}').join('\n'), 'INPUT_DAMAGED'], ['Dear diary', 'INPUT_UNREADABLE'], ['', 'INPUT_DAMAGED'],
    ];
    for (const [text, code] of spoilt) {
      await writeFile(file, text);
      await expect(target.importQueue(file, OPTIONS)).rejects.toMatchObject({ code });
    }
    await expect(target.importQueue(`${file}.none`, OPTIONS)).rejects.toMatchObject({ code: 'INPUT_MISSING' });
    expect((await target.list({ limit: 0, offset: 0 })).total).toBe(0);
    expect(await target.claim({ queue: 'media', limit: 1, leaseOwner: OWNER, leaseUntil: T0, now: T0 })).toEqual([]);
  });
});
