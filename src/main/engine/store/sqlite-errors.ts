/** What SQLite's refusals mean to the engine and its user. */
import Database from 'better-sqlite3';
import { TaskError } from '../../../shared/errors.ts';

/** Anything thrown while the store worked, as a TaskError. */
export function storeError(thrown: unknown): TaskError {
  if (thrown instanceof TaskError) return thrown;
  if (!(thrown instanceof Database.SqliteError)) return TaskError.from(thrown);
  const about = { cause: thrown, details: `${thrown.code}: ${thrown.message}` };
  if (thrown.code === 'SQLITE_FULL') {
    return new TaskError('DISK_FULL', 'The disk with the queue is full, so nothing could be saved. Free some space; it is tried again.', { ...about, retryable: true });
  }
  if (isBusy(thrown)) return new TaskError('STORE_OWNED', 'Another process has the queue open.', about);
  if (saysDamage(thrown)) return damagedQueue(thrown, about.details);
  if (isDiskTrouble(thrown)) return diskError(thrown, about.details);
  return new TaskError('STORE_FAILED', `The queue refused the change: ${thrown.message}.`, about);
}

/** The disk could not be read or written just now. */
export function diskError(cause: unknown, details = String(cause)): TaskError {
  return new TaskError('STORE_FAILED', 'The queue could not be read or written. Check the disk; it is tried again.', { cause, details, retryable: true });
}

/** The file itself is damaged. */
export function damagedQueue(cause: unknown, details = String(cause)): TaskError {
  return new TaskError('STORE_DAMAGED', 'The queue (longhaul.db) is damaged. Start Longhaul again: it restores the newest backup, or use `longhaul backups restore`.', { cause, details });
}

/**
 * The connection is not to be trusted any more. After read and write errors what it keeps of the file in memory may be wrong: it says of a
 * sound file that it is damaged, for good. Only a new connection tells.
 */
export function breaksConnection(thrown: unknown): boolean {
  return saysDamage(thrown) || (thrown instanceof Database.SqliteError && thrown.code.startsWith('SQLITE_IOERR'));
}

/** It says that the file is damaged. */
export function saysDamage(thrown: unknown): boolean {
  return thrown instanceof Database.SqliteError && (thrown.code.startsWith('SQLITE_CORRUPT') || thrown.code === 'SQLITE_NOTADB');
}

/** The disk's fault, not the statement's: whatever shares the transaction fails with it. */
export function isDiskTrouble(thrown: unknown): boolean {
  if (!(thrown instanceof Database.SqliteError)) return false;
  return DISK_TROUBLE.some((code) => thrown.code === code || thrown.code.startsWith(`${code}_`));
}

/** Somebody else holds the lock. */
export function isBusy(thrown: unknown): boolean {
  return thrown instanceof Database.SqliteError && (thrown.code.startsWith('SQLITE_BUSY') || thrown.code.startsWith('SQLITE_LOCKED'));
}

/** Primary result codes (sqlite.org/rescode.html); extended ones add a suffix. */
const DISK_TROUBLE = ['SQLITE_FULL', 'SQLITE_IOERR', 'SQLITE_NOMEM', 'SQLITE_CANTOPEN', 'SQLITE_READONLY', 'SQLITE_CORRUPT', 'SQLITE_NOTADB', 'SQLITE_PROTOCOL'];
