/** Copies of the database: named, checked before they count, kept in a reasonable number. For code that may wait. */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, readSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import * as z from 'zod';
import type { Backup, BackupKind } from '../../../shared/backup-contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { readBackupName } from './backup-name.ts';
import { APPLICATION_ID, BACKUPS_FOLDER } from './header.ts';
import { parseJson } from './row.ts';
import { storeError } from './sqlite-errors.ts';
import { syncFile, syncFolder } from './sync-folder.ts';

/** A week of days, and enough of the others to go back behind a mistake that is noticed late. */
const KEPT: Readonly<Record<BackupKind, number>> = { daily: 7, manual: 5, migration: 3 };
/** All copies together: a queue of a million finished tasks is half a gigabyte. */
export const BACKUPS_LIMIT_BYTES = 4 * 1024 ** 3;
/** So many stay whatever they weigh: when the newest is damaged there has to be another. */
const ALWAYS_KEPT = 2;

/** What stands beside a backup in NAME.json. sha256: of the whole file; integrity_check sees no change inside a value. */
const seal = z.object({ sha256: z.string().length(64), sizeBytes: z.int().nonnegative(), tasks: z.int().nonnegative() });

/** Where a copy is made: it gets its own name only from keepBackup. An unfinished one of before goes. */
export function beginBackup(dir: string, name: string): string {
  const folder = join(dir, BACKUPS_FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  syncFolder(dir);
  for (const left of readdirSync(folder)) if (left.includes('.part')) rmSync(join(folder, left), { force: true });
  return partOf(dir, name);
}

/** The file of a copy until it is kept. */
export function partOf(dir: string, name: string): string {
  return join(dir, BACKUPS_FOLDER, `${name}.part`);
}

/** Checks a complete copy and brings it to the disk; then it gets its name, and copies too many go. Throws STORE_DAMAGED. */
export function keepBackup(dir: string, name: string, limitBytes = BACKUPS_LIMIT_BYTES): Backup {
  const folder = join(dir, BACKUPS_FOLDER);
  const part = partOf(dir, name);
  const { tasks } = checkCopy(part);
  syncFile(part);
  const sizeBytes = statSync(part).size;
  const note = `${part}.json`;
  writeFileSync(note, JSON.stringify({ sha256: sha256Of(part), sizeBytes, tasks } satisfies z.infer<typeof seal>));
  syncFile(note);
  renameSync(note, join(folder, `${name}.json`));
  renameSync(part, join(folder, name));
  syncFolder(folder);
  rotate(dir, limitBytes);
  const kept = listBackups(dir).find((backup) => backup.name === name);
  if (kept === undefined) throw new TaskError('STORE_FAILED', `The backup ${name} was made and is gone again. Look who else uses ${folder}.`);
  return kept;
}

/** Newest first; anything else in the folder is left alone. */
export function listBackups(dir: string): Backup[] {
  const folder = join(dir, BACKUPS_FOLDER);
  const backups: Backup[] = [];
  for (const name of namesIn(folder)) {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    const told = readBackupName(name);
    if (told === null || stat === undefined || !stat.isFile()) continue;
    backups.push({ name, ...told, sizeBytes: stat.size, tasks: readSeal(join(folder, name))?.tasks ?? null });
  }
  return backups.sort((a, b) => b.createdAt - a.createdAt || (a.name < b.name ? 1 : -1));
}

/** Why a backup can't be restored; null: it is sound. */
export function findProblem(dir: string, name: string): string | null {
  const file = join(dir, BACKUPS_FOLDER, basename(name));
  try {
    const sealed = readSeal(file);
    if (sealed !== null) return statSync(file).size === sealed.sizeBytes && sha256Of(file) === sealed.sha256 ? null : 'it is not what was written';
    checkCopy(file);
    return null;
  } catch (thrown) {
    return storeError(thrown).message;
  }
}

/** Copies that are too many or, together, too large: the oldest go first, the newest of all kinds never. */
function rotate(dir: string, limitBytes: number): void {
  const folder = join(dir, BACKUPS_FOLDER);
  const seen: Record<BackupKind, number> = { daily: 0, manual: 0, migration: 0 };
  let bytes = 0;
  for (const [place, { name, kind, sizeBytes }] of listBackups(dir).entries()) {
    seen[kind] += 1;
    bytes += sizeBytes;
    if (place < ALWAYS_KEPT || (seen[kind] <= KEPT[kind] && bytes <= limitBytes)) continue;
    rmSync(join(folder, name), { force: true });
    rmSync(join(folder, `${name}.json`), { force: true });
  }
  syncFolder(folder);
}

/**
 * Looks through a closed database, every page and index of it, and makes it one file without a log. Throws STORE_DAMAGED. Only for copies:
 * it opens and closes the file.
 */
function checkCopy(file: string): { tasks: number } {
  const db = new Database(file, { fileMustExist: true, timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) throw new TaskError('STORE_DAMAGED', `The copy ${basename(file)} is no queue of Longhaul.`);
    const found = db.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') throw new TaskError('STORE_DAMAGED', `The copy ${basename(file)} is damaged.`, { details: String(found) });
    const tasks = z.int().parse(db.prepare('SELECT COUNT(*) FROM task').pluck().get());
    db.pragma('journal_mode = DELETE');
    return { tasks };
  } catch (thrown) {
    throw storeError(thrown);
  } finally {
    db.close();
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readSeal(file: string): z.infer<typeof seal> | null {
  try {
    return seal.safeParse(parseJson(readFileSync(`${file}.json`, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Large enough that system calls do not count. */
const CHUNK_BYTES = 1 << 20;

function sha256Of(file: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    for (;;) {
      const bytes = readSync(descriptor, chunk, 0, CHUNK_BYTES, null);
      if (bytes === 0) return hash.digest('hex');
      hash.update(chunk.subarray(0, bytes));
    }
  } finally {
    closeSync(descriptor);
  }
}
