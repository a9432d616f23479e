/** Opens the one database of a data folder: owned, durable and migrated. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { TaskError } from '../../../shared/errors.ts';
import { APPLICATION_ID, creationMarker, examineHeader } from './header.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS, type Migration } from './migrations/index.ts';
import { isBusy, storeError } from './sqlite-errors.ts';
import { syncFolder } from './sync-folder.ts';

export const DATABASE_FILE = 'longhaul.db';

export interface DatabaseOptions {
  /** The data folder; exists. */
  readonly dir: string;
  /** Epoch milliseconds; names a backup. */
  readonly now: number;
  readonly migrations?: readonly Migration[];
}

/**
 * The caller owns the folder until it closes the database or its process ends, however it ends. Throws STORE_OWNED when
 * another process does, STORE_DAMAGED when the file is not a sound database of Longhaul. One call per folder and process
 * at a time: see examineHeader.
 */
export function openDatabase({ dir, now, migrations = MIGRATIONS }: DatabaseOptions): Database.Database {
  const file = join(dir, DATABASE_FILE);
  try {
    if (examineHeader(file) === 'new') markCreation(file, dir);
    const db = connectAsOwner(file, dir);
    try {
      migrate(db, { dir, now, migrations });
      unmarkCreation(file, dir);
      return db;
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  } catch (thrown) {
    throw storeError(thrown);
  }
}

/** An owner holds the lock for life, an opener that is about to lose the race for a moment: five tries tell them apart. */
const LOCK_TRIES = 5;
/** A fifth of a second in all; the process id spreads two openers that would otherwise meet again at every try. */
const LOCK_PAUSE_MS = 30;
const LOCK_SPREAD_MS = 29;
/**
 * The log is written back to the database when the store has nothing to do (thread.ts); a commit does that itself, and takes the
 * milliseconds, only when there was no such moment for this many pages (8 MiB). Not more: while the log still grows, each commit has to
 * note its new length too, and takes half as long again.
 */
export const WAL_CHECKPOINT_PAGES = 2_000;
/** A log that one huge batch has blown up shrinks to this after its checkpoint: 64 MiB. */
const WAL_LIMIT_BYTES = 67_108_864;

function connectAsOwner(file: string, dir: string): Database.Database {
  for (let tries = 1; ; tries += 1) {
    // A new connection each time: a failed one would keep its share of the lock and block its rival for ever.
    const db = new Database(file, { timeout: 0 });
    try {
      own(db, dir);
      return db;
    } catch (thrown) {
      db.close();
      if (!isBusy(thrown)) throw thrown;
      if (tries === LOCK_TRIES) throw owned(dir, thrown);
      pauseThread(LOCK_PAUSE_MS + ((process.pid * tries) % LOCK_SPREAD_MS));
    }
  }
}

/** Takes the exclusive lock with the first look at the file, then sets what durability rests on. */
function own(db: Database.Database, dir: string): void {
  db.pragma('locking_mode = EXCLUSIVE');
  // Before WAL begins, so that the id stands in the file itself, where examineHeader looks.
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) db.pragma(`application_id = ${APPLICATION_ID}`);
  if (db.pragma('journal_mode = WAL', { simple: true }) !== 'wal') {
    throw new TaskError('STORE_FAILED', `The file system of ${dir} refuses the write-ahead log that keeps the queue safe. Choose another data folder.`);
  }
  db.pragma('synchronous = FULL');
  db.pragma('foreign_keys = ON');
  db.pragma('temp_store = MEMORY');
  db.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
  db.pragma(`wal_autocheckpoint = ${WAL_CHECKPOINT_PAGES}`);
  // Every transaction from here on finds the lock held; in exclusive mode none gives it back.
  db.exec('BEGIN IMMEDIATE; COMMIT');
}

function owned(dir: string, cause: unknown): TaskError {
  return new TaskError('STORE_OWNED', `Another process works with the data folder ${dir}. Use that one, end it, or choose another folder.`, { cause });
}

/** Blocks this thread alone; while it opens its database it has nothing else to do. */
function pauseThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, ms);
}

function markCreation(file: string, dir: string): void {
  writeFileSync(creationMarker(file), '');
  syncFolder(dir);
}

function unmarkCreation(file: string, dir: string): void {
  if (!existsSync(creationMarker(file))) return;
  rmSync(creationMarker(file), { force: true });
  syncFolder(dir);
}
