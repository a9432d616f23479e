import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { backupName } from './backup-name.ts';
import { beginBackup, findProblem, keepBackup, listBackups } from './backups.ts';
import { openDatabase } from './database.ts';
import { startInserter } from './test-process.ts';
import { canMount, mountSmallDisk } from './test-small-disk.ts';
import { add, draft, openTestStore, T0, tempDir } from './test-store.ts';

const DAY = 86_400_000;
const hasSmallDisk = canMount();

/** A copy of an empty queue, as if it had been made then. */
async function backupOf(dir: string, kind: 'daily' | 'manual', at: number, limitBytes?: number): Promise<void> {
  const source = await tempDir();
  const db = openDatabase({ dir: source, now: T0 });
  const name = backupName(kind, at);
  db.prepare('VACUUM INTO ?').run(beginBackup(dir, name));
  db.close();
  keepBackup(dir, name, limitBytes);
}

it('a copy has everything that was answered before it was asked for, and opens as a database of its own', async () => {
  const store = await openTestStore();
  await store.insertTasks(Array.from({ length: 3_000 }, () => draft()), T0);
  const backup = await store.backup(T0 + 5);
  expect(backup).toMatchObject({ name: 'longhaul-daily-2023-11-14T22-13-20-005Z.db', kind: 'daily', createdAt: T0 + 5, tasks: 3_000 });
  expect(await readdir(join(store.dir, 'backups'))).toEqual([backup.name, `${backup.name}.json`]);
  expect(findProblem(store.dir, backup.name)).toBeNull();
  const copy = new Database(join(store.dir, 'backups', backup.name), { readonly: true });
  expect(copy.prepare('SELECT COUNT(*) FROM task').pluck().get()).toBe(3_000);
  // One file: no log belongs to it.
  expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
  copy.close();
  expect(await store.listBackups()).toEqual([backup]);
});

it('commits go on while a copy is made, belong to the queue and not to the copy, and the copy is whole', async () => {
  const store = await openTestStore();
  for (let batch = 0; batch < 10; batch += 1) await store.insertTasks(Array.from({ length: 5_000 }, () => draft()), T0);
  let isDone = false;
  let during = 0;
  const backing = store.backup(T0).finally(() => (isDone = true));
  while (!isDone) {
    await add(store);
    during += 1;
  }
  const backup = await backing;
  expect(during).toBeGreaterThan(10);
  // Those that were in the same breath as the beginning may be in it.
  expect(backup.tasks).toBeLessThan(50_000 + during);
  expect(backup.tasks).toBeGreaterThanOrEqual(50_000);
  expect((await store.counts()).pending).toBe(50_000 + during);
  // The log is written back again afterwards: it does not grow without end.
  await store.insertTasks(Array.from({ length: 30_000 }, () => draft()), T0);
  await add(store);
  expect((await stat(join(store.dir, 'longhaul.db-wal'))).size).toBeLessThan(80 * 1024 * 1024);
});

it('copies of one moment are made one after the other', async () => {
  const store = await openTestStore();
  await add(store);
  const made = await Promise.all([store.backup(T0), store.backup(T0 + 1, 'manual'), store.backup(T0 + 2)]);
  expect((await store.listBackups()).map(({ name }) => name)).toEqual(made.map(({ name }) => name).reverse());
});

it('a close in the midst of a copy leaves no half one under a final name, and the queue intact', async () => {
  const store = await openTestStore();
  await store.insertTasks(Array.from({ length: 20_000 }, () => draft()), T0);
  const backing = store.backup(T0).then(() => 'made', (error: unknown) => String(error));
  await store.close();
  expect(['made', expect.stringContaining('closed')]).toContainEqual(await backing);
  for (const { name } of listBackups(store.dir)) expect(findProblem(store.dir, name)).toBeNull();
  const again = await openTestStore(store.dir);
  expect((await again.counts()).pending).toBe(20_000);
});

it('a database that was damaged while it was open gives no backup, and is mended at the next start', async () => {
  const dir = await tempDir();
  const store = await openTestStore(dir);
  await store.insertTasks(Array.from({ length: 2_000 }, () => draft()), T0);
  const good = await store.backup(T0);
  await store.insertTasks(Array.from({ length: 2_000 }, () => draft()), T0 + 1);
  await store.backup(T0 + 2, 'manual');
  const inserter = join(dir, 'longhaul.db');
  // Written by another process: in this one a closed descriptor would drop the lock.
  const { execFileSync } = await import('node:child_process');
  execFileSync('dd', ['if=/dev/urandom', `of=${inserter}`, 'bs=4096', 'seek=20', 'count=200', 'conv=notrunc'], { stdio: 'ignore' });
  await expect(store.backup(T0 + 3)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  expect((await store.listBackups()).map(({ kind }) => kind)).toEqual(['manual', 'daily']);
  await store.close().catch(() => undefined);
  const mended = await openTestStore(dir);
  expect(mended.recovery?.restored?.backup).not.toBe(good.name);
  expect((await mended.counts()).pending).toBe(4_000);
});

it('keeps a week of daily copies and a few others, and less when they are large, but never fewer than two', async () => {
  const dir = await tempDir();
  for (let day = 0; day < 9; day += 1) await backupOf(dir, 'daily', T0 + day * DAY);
  for (let time = 0; time < 6; time += 1) await backupOf(dir, 'manual', T0 + 20 * DAY + time);
  const kinds = listBackups(dir).map(({ kind }) => kind);
  expect([kinds.filter((kind) => kind === 'daily').length, kinds.filter((kind) => kind === 'manual').length]).toEqual([7, 5]);
  expect(listBackups(dir)[0]?.createdAt).toBe(T0 + 20 * DAY + 5);
  await backupOf(dir, 'daily', T0 + 30 * DAY, 1);
  expect(listBackups(dir).map(({ createdAt }) => createdAt)).toEqual([T0 + 30 * DAY, T0 + 20 * DAY + 5]);
  expect((await readdir(join(dir, 'backups'))).length).toBe(4);
});

it('leaves alone what else lies in the folder, and sweeps what a crash left half made', async () => {
  const dir = await tempDir();
  await mkdir(join(dir, 'backups'));
  await writeFile(join(dir, 'backups', 'my own copy.db'), 'precious');
  await writeFile(join(dir, 'backups', 'longhaul-daily-2020-01-01T00-00-00-000Z.db.part'), 'half');
  await backupOf(dir, 'daily', T0);
  expect(await readFile(join(dir, 'backups', 'my own copy.db'), 'utf8')).toBe('precious');
  expect(listBackups(dir)).toHaveLength(1);
  expect((await readdir(join(dir, 'backups'))).filter((name) => name.includes('.part'))).toEqual([]);
});

it('holds the lock on the queue through any number of copies', async () => {
  const dir = await tempDir();
  const store = await openTestStore(dir);
  await add(store);
  await store.backup(T0);
  await expect(startInserter(dir)).rejects.toThrow('STORE_OWNED');
  expect(existsSync(join(dir, 'set-aside'))).toBe(false);
});

it.skipIf(!hasSmallDisk)(`a disk too full for a copy costs the copy alone: it says so, leaves nothing half made, and the queue goes on${hasSmallDisk ? '' : ' (skipped: to mount a small disk needs root)'}`, async () => {
  const dir = mountSmallDisk();
  const store = await openTestStore(dir);
  // Half of the three megabytes.
  for (let batch = 0; batch < 5; batch += 1) await store.insertTasks(Array.from({ length: 500 }, () => draft()), T0);
  await store.close();
  const again = await openTestStore(dir);
  await writeFile(join(dir, 'filler'), Buffer.alloc(1_700_000));
  await expect(again.backup(T0)).rejects.toMatchObject({ code: 'DISK_FULL', retryable: true });
  expect(await readdir(join(dir, 'backups'))).toEqual([]);
  await rm(join(dir, 'filler'));
  expect((await again.backup(T0 + 1)).tasks).toBe(2_500);
  expect(await readdir(join(dir, 'backups'))).toHaveLength(2);
  expect(await add(again)).toBe(2_501);
  await again.close();
});
