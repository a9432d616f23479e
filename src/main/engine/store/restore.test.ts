import { existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { restoreBackup } from './restore.ts';
import { startInserter } from './test-process.ts';
import { add, claim, complete, get, openTestStore, T0, tempDir } from './test-store.ts';

const FILE = 'longhaul.db';
const JOURNAL = 'longhaul.journal';
const HOUR = 3_600_000;

/** A closed folder with one task that a backup has, and one that was added afterwards. */
async function folderWithBackup(): Promise<{ dir: string; backup: string }> {
  const dir = await tempDir();
  const store = await openTestStore(dir);
  await add(store, { inputs: ['/videos/first.mov'] });
  const { name } = await store.backup(T0 + HOUR);
  await add(store, { inputs: ['/videos/second.mov'] }, T0 + 2 * HOUR);
  await store.close();
  return { dir, backup: name };
}

/** Overwrites a stretch of a file with noise. */
async function damage(file: string, at: number, bytes: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(bytes, 0xa5), 0, bytes, at);
  await handle.close();
}

/** Copies a folder's queue as it lies there while its owner is killed in mid-work: with its log. */
async function killedFolder(tasks: number): Promise<string> {
  const dir = await tempDir();
  const inserter = await startInserter(dir);
  await inserter.reached(tasks);
  await inserter.kill();
  return dir;
}

const DAMAGES: Record<string, (dir: string) => Promise<void>> = {
  'was cut to nothing': (dir) => writeFile(join(dir, FILE), ''),
  'was cut short': (dir) => truncate(join(dir, FILE), 20_000),
  'has a damaged page': (dir) => damage(join(dir, FILE), 100, 3_000),
  'is full of something else': (dir) => writeFile(join(dir, FILE), 'Dear diary, '.repeat(500)),
  'is gone': (dir) => rm(join(dir, FILE)),
};

describe('a start on a damaged database', () => {
  it.each(Object.entries(DAMAGES))('that %s restores the backup, keeps what was there, and names what is missing', async (_what, spoil) => {
    const { dir, backup } = await folderWithBackup();
    await spoil(dir);
    const wasThere = existsSync(join(dir, FILE)) ? await readFile(join(dir, FILE)) : null;
    const store = await openTestStore(dir);
    expect(store.recovery).toMatchObject({
      restored: { backup, createdAt: T0 + HOUR }, missing: [{ id: 2, input: '/videos/second.mov' }], missingCount: 1, undone: [], isHeld: false,
    });
    expect(await get(store, 1)).toMatchObject({ status: 'pending', inputs: ['/videos/first.mov'] });
    const [kept] = store.recovery?.restored?.setAside ?? [];
    expect(kept === undefined ? null : await readFile(kept)).toEqual(wasThere);
    // The id of the missing task is not given to another one.
    expect(await add(store)).toBe(3);
    expect(await store.lastRecovery()).toEqual(store.recovery);
    await store.close();
    expect((await openTestStore(dir)).recovery).toBeNull();
  });

  it('passes over a backup that is damaged itself, by one byte inside a value', async () => {
    const dir = await tempDir();
    const store = await openTestStore(dir);
    await add(store, { inputs: ['/videos/first.mov'] });
    const older = await store.backup(T0 + HOUR);
    const newer = await store.backup(T0 + 2 * HOUR);
    await store.close();
    const file = join(dir, 'backups', newer.name);
    await damage(file, (await readFile(file)).indexOf('/videos/first.mov') + 3, 1);
    await writeFile(join(dir, FILE), '');
    expect((await openTestStore(dir)).recovery?.restored?.backup).toBe(older.name);
  });

  it('never begins with an empty queue: without a sound backup it says so and touches nothing', async () => {
    const { dir, backup } = await folderWithBackup();
    await damage(join(dir, 'backups', backup), 8_000, 10);
    for (const spoil of [() => rm(join(dir, FILE)), () => writeFile(join(dir, FILE), '')]) {
      await spoil();
      await expect(openTestStore(dir)).rejects.toMatchObject({ code: 'STORE_DAMAGED', message: expect.stringContaining('no sound backup') });
    }
    expect((await stat(join(dir, FILE))).size).toBe(0);
    await rm(join(dir, FILE));
    await rm(join(dir, 'backups'), { recursive: true });
    // Only the journal is left.
    await expect(openTestStore(dir)).rejects.toMatchObject({ code: 'STORE_DAMAGED', message: expect.stringContaining(JOURNAL) });
    expect(existsSync(join(dir, FILE))).toBe(false);
  });

  it('puts nothing in the place of what belongs to somebody else', async () => {
    const { dir } = await folderWithBackup();
    await rm(join(dir, FILE));
    await mkdir(join(dir, FILE));
    await expect(openTestStore(dir)).rejects.toMatchObject({ code: 'STORE_DAMAGED', message: expect.stringContaining('is not a file') });
  });

  it('leaves a database alone that another process has open, however its file looks', async () => {
    const dir = await tempDir();
    const inserter = await startInserter(dir);
    await inserter.reached(3);
    await damage(join(dir, FILE), 0, 50);
    await mkdir(join(dir, 'backups'), { recursive: true });
    await expect(openTestStore(dir)).rejects.toMatchObject({ code: 'STORE_OWNED' });
    await inserter.kill();
  });
});

describe('a start after a kill', () => {
  it('finds nothing missing when the log is whole', async () => {
    const dir = await killedFolder(20);
    const store = await openTestStore(dir);
    expect(store.recovery).toBeNull();
    expect((await store.list({ limit: 0, offset: 0 })).total).toBeGreaterThanOrEqual(20);
  });

  it('names the acknowledged tasks that a damaged log has lost without a word', async () => {
    const dir = await killedFolder(40);
    const log = join(dir, `${FILE}-wal`);
    const size = (await stat(log)).size;
    // The frames of the last tasks: what is before them is still replayed, and integrity_check says ok.
    await damage(log, Math.floor(size / 2), 64);
    const store = await openTestStore(dir);
    const { total } = await store.list({ limit: 0, offset: 0 });
    expect(total).toBeLessThan(40);
    expect(store.recovery).toMatchObject({ restored: null, undone: [], isHeld: false });
    const missing = store.recovery?.missing ?? [];
    expect(missing.length).toBe(store.recovery?.missingCount);
    expect(total + missing.length).toBeGreaterThanOrEqual(40);
    for (const { input } of missing) expect(input).not.toBeNull();
  });

  it('notices an older database in the place of the right one, and does nothing again that was over', async () => {
    const dir = await tempDir();
    const store = await openTestStore(dir);
    const id = await add(store);
    await store.close();
    await copyFile(join(dir, FILE), join(dir, 'older'));
    const later = await openTestStore(dir);
    await complete(later, await claim(later, T0 + 10), T0 + 20);
    const cancelled = await add(later, {}, T0 + 30);
    await later.close();
    await copyFile(join(dir, 'older'), join(dir, FILE));
    const last = await openTestStore(dir);
    expect(last.recovery).toMatchObject({ restored: null, missing: [{ id: cancelled }], undone: [{ id, was: 'completed' }] });
    expect(await get(last, id)).toMatchObject({ status: 'paused', message: expect.stringContaining('It was completed') });
    expect(await last.claim({ queue: 'media', limit: 5, leaseOwner: 'somebody', leaseUntil: T0, now: T0 })).toEqual([]);
    await last.close();
    expect((await openTestStore(dir)).recovery).toBeNull();
  });

  it('is not confused by tasks that were cancelled and tried again, or removed and finished', async () => {
    const dir = await tempDir();
    const store = await openTestStore(dir);
    const id = await add(store);
    await store.cancel([id], T0 + 1);
    await store.retry([id], T0 + 2);
    const other = await add(store, {}, T0 + 3);
    await store.remove([other], T0 + 4);
    await store.close();
    expect((await openTestStore(dir)).recovery).toBeNull();
  });

  it('reads a journal past lines that are damaged', async () => {
    const { dir } = await folderWithBackup();
    const journal = await readFile(join(dir, JOURNAL));
    await damage(join(dir, JOURNAL), journal.indexOf('/videos/first.mov'), 5);
    await writeFile(join(dir, FILE), '');
    expect((await openTestStore(dir)).recovery?.missing).toEqual([{ id: 2, input: '/videos/second.mov' }]);
  });

  it('holds everything when the journal does not reach back to the restored backup', async () => {
    const { dir } = await folderWithBackup();
    await writeFile(join(dir, JOURNAL), `\n["from",${T0 + 2 * HOUR},2]\n["closed"]`);
    await writeFile(join(dir, FILE), '');
    const store = await openTestStore(dir);
    expect(store.recovery).toMatchObject({ isHeld: true, missing: [{ id: 2, input: null }] });
    expect(await store.getSettings()).toMatchObject({ hold: 'afterCurrent' });
  });
});

describe('a restore by command', () => {
  it('puts the backup in place, keeps the newer database, and tells at the next start', async () => {
    const { dir, backup } = await folderWithBackup();
    const before = await readFile(join(dir, FILE));
    const { setAside } = restoreBackup({ dir, name: backup, now: T0 + 3 * HOUR });
    expect(await readFile(setAside[0] ?? '')).toEqual(before);
    const store = await openTestStore(dir);
    expect(store.recovery).toMatchObject({ restored: { backup }, missing: [{ id: 2 }] });
  });

  it('refuses while the queue is open, and what is no backup', async () => {
    const { dir, backup } = await folderWithBackup();
    const inserter = await startInserter(dir);
    expect(() => restoreBackup({ dir, name: backup, now: T0 })).toThrow(expect.objectContaining({ code: 'STORE_OWNED' }));
    await inserter.kill();
    expect(() => restoreBackup({ dir, name: '../longhaul.db', now: T0 })).toThrow(expect.objectContaining({ code: 'USAGE' }));
    await damage(join(dir, 'backups', backup), 5_000, 3);
    expect(() => restoreBackup({ dir, name: backup, now: T0 })).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED' }));
    expect(await readdir(dir)).not.toContain('set-aside');
  });
});
