/** Tells an own database from anything else by its first bytes, before SQLite gets to touch it. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';

/** `LNGH`: what PRAGMA application_id says in every database of Longhaul. */
export const APPLICATION_ID = 0x4c4e4748;

/** Lie beside the database: high-water.ts, backups.ts. */
export const JOURNAL_FILE = 'longhaul.journal';
export const BACKUPS_FOLDER = 'backups';

/** Stands beside a database from before its file is made until its tables are committed. */
export function creationMarker(file: string): string {
  return `${file}.creating`;
}

/**
 * Whether the database is there (existing) or is to be made (new). Throws STORE_DAMAGED for whatever SQLite would take
 * for an empty database, or would rewrite, though it is not a fresh one of ours.
 *
 * Must run before this process opens the file with SQLite: closing any descriptor of it drops the locks on it (fcntl).
 */
export function examineHeader(file: string): 'new' | 'existing' {
  const isUnfinished = existsSync(creationMarker(file));
  if (!existsSync(file)) {
    const left = isUnfinished ? undefined : leftBehind(file);
    if (left !== undefined) throw damaged(file, `is gone, but ${left} is still there`, `Put the file back, or move ${left} away to begin with an empty queue`);
    return 'new';
  }
  const header = readHeader(file);
  if (header.length === 0) {
    if (isUnfinished) return 'new';
    throw damaged(file, 'is empty (0 bytes)', 'Restore a backup with `longhaul backups restore`, or move all of the data folder away to begin with an empty queue');
  }
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw damaged(file, 'is not a SQLite database', 'Restore a backup with `longhaul backups restore`, or move all of the data folder away to begin with an empty queue');
  }
  if (header.readUInt32BE(APPLICATION_ID_OFFSET) === APPLICATION_ID) return 'existing';
  throw damaged(file, 'is a database of another program', 'Choose another data folder, or move that file away', FOREIGN);
}

/** Whether the file was refused because it is somebody else's: it is no damage, and nothing may be put in its place. */
export function isForeign(error: TaskError): boolean {
  return error.details === FOREIGN;
}

/** What says that there was a queue: an empty one in its place would be a loss without a word. */
function leftBehind(file: string): string | undefined {
  const folder = dirname(file);
  const left = [`${file}-wal`, join(folder, JOURNAL_FILE), join(folder, BACKUPS_FOLDER)].find(existsSync);
  return left === undefined ? undefined : basename(left) === BACKUPS_FOLDER ? 'its folder of backups' : left === `${file}-wal` ? 'its write-ahead log' : `its journal (${JOURNAL_FILE})`;
}

const FOREIGN = 'It belongs to somebody else.';

// sqlite.org/fileformat.html, "The Database Header".
const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const APPLICATION_ID_OFFSET = 68;

function readHeader(file: string): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (cause) {
    throw new TaskError('STORE_FAILED', `The queue ${file} can't be read. Check its permissions.`, { cause, details: String(cause) });
  }
  try {
    if (!fstatSync(descriptor).isFile()) throw damaged(file, 'is not a file', 'Move it away, or choose another data folder', FOREIGN);
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(descriptor, header, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}

function damaged(file: string, what: string, cure: string, details?: string): TaskError {
  return new TaskError('STORE_DAMAGED', `The queue ${file} ${what}. ${cure}.`, details === undefined ? {} : { details });
}
