/**
 * Opens the database of a data folder, whatever state it is in: a damaged one is set aside, never deleted, and the newest sound backup takes
 * its place; then the journal is asked what the database should know. What had to be done is kept in the setting `recovery`.
 */
import { closeSync, constants, copyFileSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import type { Backup, Recovery } from '../../../shared/backup-contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { findProblem, listBackups } from './backups.ts';
import { DATABASE_FILE, openDatabase, type DatabaseOptions } from './database.ts';
import { BACKUPS_FOLDER, isForeign } from './header.ts';
import { readJournal, type Journal } from './high-water.ts';
import { noteRestored, reconcile } from './reconcile.ts';
import { diskError, isBusy, storeError } from './sqlite-errors.ts';
import { syncFile, syncFolder } from './sync-folder.ts';

/** Where damaged databases and those that a restore replaced are kept. Nothing of Longhaul deletes them. */
export const SET_ASIDE_FOLDER = 'set-aside';

export interface OpenedDatabase {
  readonly db: Database.Database;
  /** What this start had to mend; null: nothing. */
  readonly recovery: Recovery | null;
  /** What a new journal has to begin with. */
  readonly lastId: number;
  /** There was no database before. */
  readonly isNew: boolean;
}

/** Throws as openDatabase does; STORE_DAMAGED only when there is nothing sound to restore. */
export function openOrRestore(options: DatabaseOptions): OpenedDatabase {
  const journal = readJournal(options.dir);
  const isNew = !existsSync(join(options.dir, DATABASE_FILE));
  try {
    return concluded(openChecked(options, journal), { journal, isNew, now: options.now });
  } catch (thrown) {
    const why = storeError(thrown);
    if (why.code !== 'STORE_DAMAGED' || isForeign(why)) throw why;
    return underLock(options.dir, () => mend(options, journal, why));
  }
}

/**
 * Opens again what this process had open until its disk failed, with the checks of a start; nothing is put in its place. known: what it remembers,
 * should the journal have been lost. Throws as openDatabase does, also when the file is not there, which then is on a disk that is away.
 */
export function reopenDatabase(options: DatabaseOptions, known: Pick<Journal, 'lastId' | 'isSuspicious'>): Database.Database {
  const file = join(options.dir, DATABASE_FILE);
  if (!existsSync(file)) throw new TaskError('STORE_FAILED', `The queue ${file} is not there any more. Connect its disk; it is tried again.`, { retryable: true });
  const read = readJournal(options.dir);
  const journal = { ...read, wasClosed: false, lastId: Math.max(read.lastId, known.lastId), isSuspicious: read.isSuspicious || known.isSuspicious };
  return concluded(openChecked(options, journal), { journal, isNew: false, now: options.now }).db;
}

/** Puts a backup in the place of the database, which is set aside. Nobody may have the folder open. Throws TASK_UNKNOWN, STORE_DAMAGED, STORE_OWNED. */
export function restoreBackup({ dir, name, now }: { dir: string; name: string; now: number }): { backup: Backup; setAside: readonly string[] } {
  return underLock(dir, () => {
    const backup = listBackups(dir).find((one) => one.name === basename(name));
    if (backup === undefined) throw new TaskError('USAGE', `There is no backup ${name} in ${join(dir, BACKUPS_FOLDER)}. \`longhaul backups\` lists them.`);
    const problem = findProblem(dir, backup.name);
    if (problem !== null) throw new TaskError('STORE_DAMAGED', `The backup ${name} can't be restored: ${problem}. Choose another one.`);
    return { backup, setAside: replace(dir, { backup, now, why: 'somebody wished it' }) };
  });
}

/** A database that no crash left behind is not looked through; nor is a large one, which would hold up the start: its next backup is. */
const CHECKED_AT_START_BYTES = 32 * 1024 * 1024;

function openChecked(options: DatabaseOptions, journal: Journal): Database.Database {
  const file = join(options.dir, DATABASE_FILE);
  const isSmall = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) <= CHECKED_AT_START_BYTES;
  const db = openDatabase(options);
  if (!journal.isSuspicious && (journal.wasClosed || !isSmall)) return db;
  try {
    const found = db.pragma(journal.isSuspicious ? 'integrity_check(1)' : 'quick_check(1)', { simple: true });
    if (found === 'ok') return db;
    if (isUnread(String(found))) throw diskError(found);
    throw new TaskError('STORE_DAMAGED', `The queue ${file} is damaged inside.`, { details: String(found) });
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** SQLite's checks also list what they could not read: `unable to get the page. error code=266`, whose last byte is SQLITE_IOERR. */
function isUnread(found: string): boolean {
  return Number(/error code=(\d+)/.exec(found)?.[1]) % 256 === 10;
}

function mend(options: DatabaseOptions, journal: Journal, why: TaskError): OpenedDatabase {
  try {
    // Another process may have mended it before this one got its turn.
    return concluded(openChecked(options, journal), { journal, isNew: false, now: options.now });
  } catch (thrown) {
    if (storeError(thrown).code !== 'STORE_DAMAGED') throw thrown;
  }
  refuseIfOwned(join(options.dir, DATABASE_FILE), options.dir);
  const backup = listBackups(options.dir).find(({ name }) => findProblem(options.dir, name) === null);
  if (backup === undefined) throw new TaskError('STORE_DAMAGED', `${why.message} There is no sound backup to restore.`, { cause: why, ...(why.details === undefined ? {} : { details: why.details }) });
  replace(options.dir, { backup, now: options.now, why: reasonOf(why) });
  return concluded(openDatabase(options), { journal, isNew: false, now: options.now });
}

/** `The queue FILE is empty (0 bytes). Cure.` → `the queue FILE is empty (0 bytes)`. */
function reasonOf({ message }: TaskError): string {
  const [first = message] = message.split(/\.(?: |$)/);
  return first.charAt(0).toLowerCase() + first.slice(1);
}

function concluded(db: Database.Database, { journal, isNew, now }: { journal: Journal; isNew: boolean; now: number }): OpenedDatabase {
  try {
    return { db, isNew, ...reconcile(db, { journal, now }) };
  } catch (thrown) {
    db.close();
    throw thrown;
  }
}

/** The order makes each moment of it a state that the next start goes on from: gone, with backups. */
function replace(dir: string, { backup, now, why }: { backup: Backup; now: number; why: string }): readonly string[] {
  const file = join(dir, DATABASE_FILE);
  refuseIfOwned(file, dir);
  const part = `${file}.part`;
  rmSync(part, { force: true });
  copyFileSync(join(dir, BACKUPS_FOLDER, backup.name), part, constants.COPYFILE_FICLONE);
  const setAside = asideNames(file, dir, now);
  tellIn(part, now, { backup: backup.name, createdAt: backup.createdAt, why, setAside: setAside.map(([, to]) => to) });
  syncFile(part);
  if (setAside.length > 0) mkdirSync(join(dir, SET_ASIDE_FOLDER), { recursive: true, mode: 0o700 });
  for (const [from, to] of setAside) renameSync(from, to);
  renameSync(part, file);
  syncFolder(dir);
  return setAside.map(([, to]) => to);
}

/** The database first: without its log it would open as an older one. */
function asideNames(file: string, dir: string, now: number): [from: string, to: string][] {
  const stamp = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
  return ['', '-wal', '-shm', '-journal'].map((suffix): [string, string] => [`${file}${suffix}`, join(dir, SET_ASIDE_FOLDER, `longhaul-${stamp}.db${suffix}`)]).filter(([from]) => existsSync(from));
}

function tellIn(part: string, now: number, restored: NonNullable<Recovery['restored']>): void {
  const db = new Database(part, { fileMustExist: true, timeout: 0 });
  try {
    noteRestored(db, now, restored);
  } finally {
    db.close();
  }
}

/** The owner's lock is the database's own, also while its file is damaged. */
function refuseIfOwned(file: string, dir: string): void {
  if (!existsSync(file)) return;
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true, timeout: 0 });
    db.pragma('schema_version');
  } catch (thrown) {
    if (isBusy(thrown)) throw owned(dir, thrown);
  } finally {
    db?.close();
  }
}

/** One process at a time puts a database in the place of another. The operating system frees the lock of one that died. */
function underLock<T>(dir: string, work: () => T): T {
  const file = join(dir, 'restore.lock');
  closeSync(openSync(file, 'a', 0o600));
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return work();
  } catch (thrown) {
    if (isBusy(thrown)) throw owned(dir, thrown);
    throw storeError(thrown);
  } finally {
    lock.close();
  }
}

function owned(dir: string, cause: unknown): TaskError {
  return new TaskError('STORE_OWNED', `Another process works with the data folder ${dir}. Use that one, end it, or choose another folder.`, { cause });
}
