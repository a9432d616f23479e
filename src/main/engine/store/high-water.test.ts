import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HighWater, readJournal } from './high-water.ts';
import { canMount, mountSmallDisk } from './test-small-disk.ts';
import { addRunning, draft, failForGood, openTestStore, T0, tempDir } from './test-store.ts';

const JOURNAL = 'longhaul.journal';

it('tells what was accepted, what is over, and how it was closed', async () => {
  const dir = await tempDir();
  expect(readJournal(dir)).toMatchObject({ exists: false, lastId: 0, wasClosed: false });
  const first = new HighWater(dir, { lastId: 0, since: 0 });
  first.write([['added', T0, 1, 3, ['["/a.mov"]', '["/b.mov","/more.srt"]']], ['ended', T0 + 1, 2, 'completed', '[{"path":"/out/b.mp4","sizeBytes":1,"sha256":"x"}]']]);
  expect(readJournal(dir)).toMatchObject({ exists: true, lastId: 3, since: 0, wasClosed: false, isSuspicious: false });
  first.write([['damaged']]);
  first.close();
  const read = readJournal(dir);
  expect(read).toMatchObject({ wasClosed: true, isSuspicious: true });
  expect([...read.inputs]).toEqual([[1, '/a.mov'], [2, '/b.mov']]);
  expect([...read.ended]).toEqual([[2, { at: T0 + 1, as: 'completed', outputs: ['/out/b.mp4'] }]]);
  new HighWater(dir, { lastId: 3, since: T0 }).sync();
  // Open again, and looked through.
  expect(readJournal(dir)).toMatchObject({ wasClosed: false, isSuspicious: false, lastId: 3, since: 0 });
});

it('knows what a group cancelled, by command and because one of it failed', async () => {
  const dir = await tempDir();
  const store = await openTestStore(dir);
  const running = await addRunning(store, { priority: 10, more: { newGroup: 0 } }, [{ name: 'one', onFailure: 'cancelRest' }]);
  const group = running.task.groupId;
  const rest = await store.insertTasks([draft({ more: { groupId: group } }), draft({ more: { groupId: group } })], T0);
  await failForGood(store, running);
  const [first] = await store.insertTasks([draft({ more: { newGroup: 0 } })], T0, [{ name: 'two', onFailure: 'goOn' }]);
  await store.changeGroup({ id: (await store.get(first?.id ?? 0))?.groupId ?? 0, command: 'cancel', now: T0 });
  await store.close();
  expect([...readJournal(dir).ended].map(([id, { as }]) => [id, as]).toSorted(([a], [b]) => Number(a) - Number(b))).toEqual([...rest, ...(first === undefined ? [] : [first])].map(({ id }) => [id, 'cancelled']));
});

it('goes on after a line that a crash cut short', async () => {
  const dir = await tempDir();
  new HighWater(dir, { lastId: 0, since: 0 }).write([['added', T0, 1, 1, ['["/a.mov"]']]]);
  await appendFile(join(dir, JOURNAL), '\n["added",17000');
  const next = new HighWater(dir, { lastId: 1, since: T0 });
  next.write([['added', T0, 2, 1, ['["/b.mov"]']]]);
  next.close();
  expect([...readJournal(dir).inputs.values()]).toEqual(['/a.mov', '/b.mov']);
});

it('stays below its size, forgets the oldest first, and says how far back it reaches', async () => {
  const dir = await tempDir();
  const journal = new HighWater(dir, { lastId: 0, since: 0, generationBytes: 4_000 });
  for (let id = 1; id <= 500; id += 1) journal.write([['added', T0 + id, id, 1, [`["/videos/${id}.mov"]`]]]);
  journal.close();
  const { inputs, lastId, since } = readJournal(dir);
  const oldest = Math.min(...inputs.keys());
  expect(lastId).toBe(500);
  expect(oldest).toBeGreaterThan(300);
  expect(oldest).toBeLessThan(480);
  // Everything after that time is in it.
  expect(since).toBe(T0 + oldest - 1);
  expect((await stat(join(dir, JOURNAL))).size + (await stat(join(dir, `${JOURNAL}.1`))).size).toBeLessThan(8_400);
});

const hasSmallDisk = canMount();
it.skipIf(!hasSmallDisk)(`keeps what a full disk refuses and writes it when there is space${hasSmallDisk ? '' : ' (skipped: to mount a small disk needs root)'}`, async () => {
  const dir = mountSmallDisk();
  const journal = new HighWater(dir, { lastId: 0, since: 0 });
  const filler = join(dir, 'filler');
  await writeFile(filler, Buffer.alloc(16_000_000)).catch(() => undefined);
  for (let id = 1; id <= 100; id += 1) journal.write([['added', T0, id, 1, [`["/videos/${'x'.repeat(100)}/${id}.mov"]`]]]);
  journal.sync();
  expect(readJournal(dir).inputs.size).toBeLessThan(100);
  await writeFile(filler, '');
  journal.write([['closed']]);
  expect(readJournal(dir).inputs.size).toBe(100);
  journal.close();
  expect(await readFile(join(dir, JOURNAL), 'utf8')).toContain('/100.mov');
});
