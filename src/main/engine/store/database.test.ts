import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openDatabase } from './database.ts';
import { creationMarker } from './header.ts';
import { MIGRATIONS, type Migration } from './migrations/index.ts';
import { createOperations } from './task-store.ts';
import { T0, tempDir } from './test-store.ts';

const FILE = 'longhaul.db';
/** What a version from tomorrow would add. */
const NEXT: Migration = { version: MIGRATIONS.length + 1, sql: 'CREATE TABLE added (id INTEGER PRIMARY KEY) STRICT;' };
const BROKEN: Migration = { version: NEXT.version + 1, sql: 'CREATE TABLE half (id INTEGER PRIMARY KEY) STRICT; INSERT INTO nowhere VALUES (1);' };
/** Names the version it was taken at, and the time. */
const BACKUP = `longhaul-v${MIGRATIONS.length}-2023-11-14T22-13-20-000Z.db`;

function open(dir: string, migrations?: readonly Migration[]): Database.Database {
  const db = openDatabase({ dir, now: T0, ...(migrations === undefined ? {} : { migrations }) });
  onTestFinished(() => void db.close());
  return db;
}

function pragma(db: Database.Database, name: string): unknown {
  return db.pragma(name, { simple: true });
}

/** A database of one task, closed. */
async function folderWithTask(): Promise<string> {
  const dir = await tempDir();
  const db = openDatabase({ dir, now: T0 });
  insertTask(db, '/videos/a.mov');
  db.close();
  return dir;
}

function insertTask(db: Database.Database, input: string): void {
  db.prepare(
    `INSERT INTO task (type, recipe, status, queue, priority, order_key, inputs, options, max_retries, created_at, updated_at)
     VALUES ('video_convert', 'mp4-h264', 'pending', 'media', 5, 0, ?, '{}', 3, 0, 0)`,
  ).run(JSON.stringify([input]));
}

function inputsIn(file: string): unknown {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare('SELECT inputs FROM task ORDER BY id').pluck().all();
  } finally {
    db.close();
  }
}

describe('opening a database', () => {
  it('makes one that is durable and owned', async () => {
    const dir = await tempDir();
    const db = open(dir);
    expect({
      journal: pragma(db, 'journal_mode'), synchronous: pragma(db, 'synchronous'), locking: pragma(db, 'locking_mode'),
      foreignKeys: pragma(db, 'foreign_keys'), version: pragma(db, 'user_version'), id: pragma(db, 'application_id'),
    }).toEqual({ journal: 'wal', synchronous: 2, locking: 'exclusive', foreignKeys: 1, version: MIGRATIONS.length, id: 0x4c4e4748 });
    expect(await readdir(dir)).not.toContain(`${FILE}.creating`);
  });

  it('numbers its migrations without a gap', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  it('looks through no table row by row, lists apart, which have their own test', async () => {
    const db = open(await tempDir());
    const prepare = vi.spyOn(db, 'prepare');
    createOperations(db);
    const statements = prepare.mock.calls.map(([sql]) => sql).filter((sql) => /^(SELECT|UPDATE|DELETE)/.test(sql));
    expect(statements.length).toBeGreaterThan(30);
    const plan = (sql: string): string[] => db.prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql.replaceAll(/\?|@\w+/g, '1')}`).all().map(({ detail }) => detail);
    const scanning = statements.filter((sql) => plan(sql).some((detail) => /^SCAN (task|dependency|checkpoint|checkpoint_part|publish_intent|pace)$/.test(detail)));
    // Asked once at a start and once a day, for the sweep of temporary files: which have parts.
    expect(scanning.filter((sql) => !sql.includes('FROM checkpoint CROSS JOIN task'))).toEqual([]);
    const claim = statements.filter((sql) => sql.includes('task_claim'));
    const searches = claim.flatMap(plan);
    expect(searches.filter((detail) => !/^SEARCH task USING (COVERING )?INDEX task_claim \(queue=\?/.test(detail))).toEqual([]);
    // The claim itself needs nothing but the index.
    expect(searches).toContain('SEARCH task USING COVERING INDEX task_claim (queue=?)');
  });

  it('refuses whatever is no database of its own, in a sentence, and leaves it untouched', async () => {
    const foreign = join(await tempDir(), 'foreign.db');
    new Database(foreign).exec('CREATE TABLE note (text TEXT)').close();
    const contents = { 'is empty (0 bytes)': '', 'is not a SQLite database': 'Dear diary, '.repeat(50), 'is a database of another program': await readFile(foreign) };
    for (const [what, content] of Object.entries(contents)) {
      const dir = await tempDir();
      await writeFile(join(dir, FILE), content);
      const before = await readFile(join(dir, FILE));
      expect(() => open(dir)).toThrow(expect.objectContaining({ name: 'TaskError', code: 'STORE_DAMAGED', retryable: false, message: expect.stringContaining(what) }));
      expect(await readFile(join(dir, FILE))).toEqual(before);
      expect(await readdir(dir)).toEqual([FILE]);
    }
  });

  it('refuses a header that was cut short, a folder in its place, and a log whose database is gone', async () => {
    const whole = await folderWithTask();
    const cut = await tempDir();
    await writeFile(join(cut, FILE), (await readFile(join(whole, FILE))).subarray(0, 60));
    expect(() => open(cut)).toThrow('is not a SQLite database');
    const folder = await tempDir();
    await mkdir(join(folder, FILE));
    expect(() => open(folder)).toThrow('is not a file');
    const orphan = await tempDir();
    await writeFile(join(orphan, `${FILE}-wal`), 'frames');
    expect(() => open(orphan)).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED', message: expect.stringContaining('write-ahead log') }));
    expect(await readFile(join(orphan, `${FILE}-wal`), 'utf8')).toBe('frames');
  });

  it('finishes one whose making a crash cut short', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, FILE), '');
    await writeFile(creationMarker(join(dir, FILE)), '');
    const db = open(dir);
    expect(pragma(db, 'user_version')).toBe(MIGRATIONS.length);
    expect(existsSync(creationMarker(join(dir, FILE)))).toBe(false);
    db.close();
    // From then on an empty file is damage again.
    await writeFile(join(dir, FILE), '');
    expect(() => open(dir)).toThrow('is empty (0 bytes)');
  });

  it('refuses a page that is damaged inside', async () => {
    const dir = await folderWithTask();
    const file = await readFile(join(dir, FILE));
    // The first page's b-tree header, which lists the schema.
    file.fill(0xff, 100, 200);
    await writeFile(join(dir, FILE), file);
    expect(() => open(dir)).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED' }));
  });
});

describe('migrations', () => {
  it('back up what is there, then bring it to the newest version', async () => {
    const dir = await folderWithTask();
    const db = open(dir, [...MIGRATIONS, NEXT]);
    expect(pragma(db, 'user_version')).toBe(NEXT.version);
    insertTask(db, '/videos/b.mov');
    db.close();
    expect(await readdir(join(dir, 'backups'))).toEqual([BACKUP, `${BACKUP}.json`]);
    expect(inputsIn(join(dir, 'backups', BACKUP))).toEqual(['["/videos/a.mov"]']);
    expect(inputsIn(join(dir, FILE))).toEqual(['["/videos/a.mov"]', '["/videos/b.mov"]']);
  });

  it('make no backup when nothing is to be done', async () => {
    const dir = await folderWithTask();
    open(dir).close();
    expect(existsSync(join(dir, 'backups'))).toBe(false);
  });

  it('leave a backup that opens as a database of its own', async () => {
    const dir = await folderWithTask();
    open(dir, [...MIGRATIONS, NEXT]).close();
    const [backup = ''] = await readdir(join(dir, 'backups'));
    const restored = await tempDir();
    await copyFile(join(dir, 'backups', backup), join(restored, FILE));
    expect(pragma(open(restored), 'user_version')).toBe(MIGRATIONS.length);
  });

  it('that fail leave the database at the last version that was whole', async () => {
    const dir = await folderWithTask();
    expect(() => open(dir, [...MIGRATIONS, NEXT, BROKEN])).toThrow(expect.objectContaining({ code: 'STORE_FAILED' }));
    const db = open(dir, [...MIGRATIONS, NEXT]);
    expect(pragma(db, 'user_version')).toBe(NEXT.version);
    expect(db.prepare(`SELECT COUNT(*) FROM sqlite_schema WHERE name = 'half'`).pluck().get()).toBe(0);
    expect(inputsIn(join(dir, 'backups', BACKUP))).toEqual(['["/videos/a.mov"]']);
  });

  it('refuse a database of a newer program and leave it as it is', async () => {
    const dir = await folderWithTask();
    open(dir, [...MIGRATIONS, NEXT]).close();
    const before = await readFile(join(dir, FILE));
    expect(() => open(dir)).toThrow(expect.objectContaining({ code: 'STORE_FAILED', retryable: false, message: expect.stringContaining(`newer Longhaul (its version ${NEXT.version}, this program knows up to ${MIGRATIONS.length})`) }));
    expect(await readFile(join(dir, FILE))).toEqual(before);
  });
});
