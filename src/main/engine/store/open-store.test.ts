import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readJournal } from './high-water.ts';
import { OpenStore } from './open-store.ts';
import type { Call, Method, PackedDraft, Reply } from './operations.ts';
import { T0, tempDir } from './test-store.ts';

/** More than SQLite keeps in memory, so that it has to read. */
const TASKS = 1_000;
const PADDING = 'x'.repeat(24_000);
const PAGE_BYTES = 4_096;
/** A damaged part of the file is read where nobody else has it locked: not on Windows, whose locks forbid to write. */
const can = process.platform !== 'win32';

class Opened {
  readonly store: OpenStore;
  readonly dir: string;
  readonly file: string;
  #id = 0;

  constructor(dir: string) {
    this.dir = dir;
    this.file = join(dir, 'longhaul.db');
    this.store = new OpenStore({ dir, now: T0 });
    onTestFinished(() => this.store.close());
  }

  ask<M extends Method>(method: M, ...args: Call<M>['args']): Reply | undefined {
    this.#id += 1;
    return this.store.execute([{ id: this.#id, method, args }])[0];
  }

  insert(count: number): Reply | undefined {
    const drafts = Array.from({ length: count }, (_, number): PackedDraft => ['transcribe', 'transcript', 'speech', 5, JSON.stringify([`/audio/${PADDING}/${number}.wav`]), null, '{}', 3, [], null, null]);
    return this.ask('insertTasks', drafts, T0);
  }

  /** By a process of its own: to close the file in this one would drop the locks on it. */
  overwrite(from: string): void {
    execFileSync('cp', [from, this.file]);
  }

  /** Whether another process gets at it. */
  isOwned(): boolean {
    const script = `const Database = require('better-sqlite3'); const db = new Database(process.argv[1], { timeout: 0 }); try { db.pragma('schema_version'); console.log('free'); } catch (error) { console.log(error.code); }`;
    return execFileSync(process.execPath, ['-e', script, this.file], { encoding: 'utf8', cwd: import.meta.dirname }).trim() === 'SQLITE_BUSY';
  }
}

/** A store of many tasks whose file another process has overwritten in part, and copies of it: as it was and as it is. */
async function brokenStore(): Promise<Opened & { readonly sound: string }> {
  const opened = new Opened(await tempDir());
  opened.insert(TASKS);
  opened.store.tidy();
  const aside = await tempDir();
  const [sound, damaged] = [join(aside, 'sound.db'), join(aside, 'damaged.db')];
  execFileSync('cp', [opened.file, sound]);
  const bytes = await readFile(sound);
  bytes.fill(0xff, 100 * PAGE_BYTES);
  await writeFile(damaged, bytes);
  opened.overwrite(damaged);
  return Object.assign(opened, { sound });
}

const ALL = { limit: 10_000, offset: 0 };
const DISK_ERROR = { error: { code: 'STORE_FAILED', retryable: true } };

describe.skipIf(!can)('a connection that says its file is damaged', () => {
  it('answers that the disk failed, and a new one goes on when the file is sound', async () => {
    const opened = await brokenStore();
    expect(opened.ask('list', ALL)).toMatchObject(DISK_ERROR);
    // Until it is looked through, so that a start after a crash looks too.
    expect(readJournal(opened.dir).isSuspicious).toBe(true);
    opened.overwrite(opened.sound);
    expect(opened.ask('counts')).toMatchObject({ value: { pending: TASKS } });
    expect(opened.ask('list', ALL)).toMatchObject({ value: { total: TASKS } });
    expect(opened.insert(1)).toMatchObject({ value: [[TASKS + 1, 'pending', null, false]] });
    expect(opened.ask('counts')).toMatchObject({ value: { pending: TASKS + 1 } });
    expect(readJournal(opened.dir)).toMatchObject({ isSuspicious: false, wasClosed: false, lastId: TASKS + 1 });
    expect(opened.isOwned()).toBe(true);
  });

  it('was right when a new one finds the damage too: nothing more is taken, and the next start looks through it', async () => {
    const opened = await brokenStore();
    expect(opened.ask('list', ALL)).toMatchObject(DISK_ERROR);
    for (let times = 0; times < 2; times += 1) expect(opened.insert(1)).toMatchObject({ error: { code: 'STORE_DAMAGED', retryable: false } });
    expect(readJournal(opened.dir).isSuspicious).toBe(true);
    expect(existsSync(join(opened.dir, 'set-aside'))).toBe(false);
  });

  it('is replaced when its disk is back, and no empty queue is made in the place of the missing one', async () => {
    const opened = await brokenStore();
    expect(opened.ask('list', ALL)).toMatchObject(DISK_ERROR);
    await rename(opened.file, `${opened.file}.away`);
    for (let times = 0; times < 2; times += 1) expect(opened.insert(1)).toMatchObject({ error: { code: 'STORE_FAILED', retryable: true, message: expect.stringContaining('Connect its disk') } });
    expect(existsSync(opened.file)).toBe(false);
    await copyFile(opened.sound, opened.file);
    expect(opened.insert(1)).toMatchObject({ value: [[TASKS + 1, 'pending', null, false]] });
  });

  it('is kept while a copy is made by its descriptor', async () => {
    const opened = await brokenStore();
    expect(opened.store.still({ id: 1, isStill: true, isDamaged: false })).toMatchObject({ value: expect.any(Number) });
    expect(opened.ask('list', ALL)).toMatchObject(DISK_ERROR);
    opened.overwrite(opened.sound);
    expect(opened.ask('counts')).toMatchObject(DISK_ERROR);
    expect(opened.store.still({ id: 2, isStill: false, isDamaged: false })).toMatchObject({ value: expect.any(Number) });
    expect(opened.ask('counts')).toMatchObject({ value: { pending: TASKS } });
  });
});
