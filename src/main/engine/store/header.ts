/** Tells an own database from anything else by its first bytes, before SQLite gets to touch it. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { TaskError } from '../../../shared/errors.ts';

/** `LNGH`: what PRAGMA application_id says in every database of Longhaul. */
export const APPLICATION_ID = 0x4c4e4748;

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
    if (existsSync(`${file}-wal`) && !isUnfinished) {
      throw damaged(file, 'is gone, but its write-ahead log is still there', 'Put the file back, or move the log away to begin with an empty queue');
    }
    return 'new';
  }
  const header = readHeader(file);
  if (header.length === 0) {
    if (isUnfinished) return 'new';
    throw damaged(file, 'is empty (0 bytes)', 'Put the newest file of the backups folder in its place, or remove it to begin with an empty queue');
  }
  if (header.length < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw damaged(file, 'is not a SQLite database', 'Put the newest file of the backups folder in its place, or move it away to begin with an empty queue');
  }
  if (header.readUInt32BE(APPLICATION_ID_OFFSET) === APPLICATION_ID) return 'existing';
  throw damaged(file, 'is a database of another program', 'Choose another data folder, or move that file away');
}

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
    if (!fstatSync(descriptor).isFile()) throw damaged(file, 'is not a file', 'Move it away, or choose another data folder');
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(descriptor, header, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(descriptor);
  }
}

function damaged(file: string, what: string, cure: string): TaskError {
  return new TaskError('STORE_DAMAGED', `The queue ${file} ${what}. ${cure}.`);
}
