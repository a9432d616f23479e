/**
 * What takes long and needs no connection to the open database: a thread of its own does it while the store goes on. It reads the database's
 * file through a descriptor of the store's thread, which holds the file still meanwhile: no commit writes to it, only the log grows.
 */
import { closeSync, fdatasyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import * as z from 'zod';
import { backup, backupKind } from '../../../shared/backup-contract.ts';
import { backupName, beginBackup, keepBackup, listBackups } from './backups.ts';
import { exported } from './export-format.ts';
import { exportRows } from './export-rows.ts';

export const chore = z.discriminatedUnion('chore', [
  z.object({ chore: z.literal('backup'), dir: z.string(), descriptor: z.int(), kind: backupKind.exclude(['migration']), now: z.number() }),
  z.object({ chore: z.literal('list'), dir: z.string() }),
  z.object({ chore: z.literal('export'), dir: z.string(), descriptor: z.int(), file: z.string(), now: z.number() }),
]);
export type Chore = z.infer<typeof chore>;

export const choreResults = { backup, list: z.array(backup), export: exported } as const;

/** Does one chore and gives what choreResults says. */
export function runChore(work: Chore): unknown {
  switch (work.chore) {
    case 'backup': {
      const name = backupName(work.kind, work.now);
      return orNothing(beginBackup(work.dir, name), (part) => {
        copyFrom(work.descriptor, part);
        return keepBackup(work.dir, name);
      });
    }
    case 'list':
      return listBackups(work.dir);
    case 'export': {
      return orNothing(beginBackup(work.dir, backupName('manual', work.now)), (copy) => {
        copyFrom(work.descriptor, copy);
        return exportRows({ copy, file: work.file, now: work.now });
      });
    }
    default:
      return assertNever(work);
  }
}

/** A copy that could not be finished goes: on a full disk its space is wanted. */
function orNothing<T>(part: string, work: (part: string) => T): T {
  try {
    return work(part);
  } catch (thrown) {
    for (const left of [part, `${part}-wal`, `${part}-journal`, `${part}.json`]) rmSync(left, { force: true });
    throw thrown;
  }
}

const CHUNK_BYTES = 1 << 20;
/** A disk that has a whole queue to write at once lets commits wait for it; portions of this size it has behind it soon. */
const SYNC_EVERY_BYTES = 8 << 20;
/** SQLite locks bytes from here on and stores nothing in their page (sqlite.org/fileformat2.html, "The Lock-Byte Page"); Windows lets nobody else read them. */
const LOCK_BYTES_AT = 0x40000000;
const LOCK_BYTES = 512;

function copyFrom(descriptor: number, to: string): void {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const target = openSync(to, 'wx', 0o600);
  try {
    for (let at = 0; ; ) {
      if (at === LOCK_BYTES_AT) at += writeSync(target, Buffer.alloc(LOCK_BYTES), 0, LOCK_BYTES, at);
      const length = at < LOCK_BYTES_AT ? Math.min(CHUNK_BYTES, LOCK_BYTES_AT - at) : CHUNK_BYTES;
      const bytes = readSync(descriptor, chunk, 0, length, at);
      if (bytes === 0) return;
      for (let written = 0; written < bytes; ) written += writeSync(target, chunk, written, bytes - written, at + written);
      at += bytes;
      if (at % SYNC_EVERY_BYTES < bytes) fdatasyncSync(target);
    }
  } finally {
    closeSync(target);
  }
}

function assertNever(value: never): never {
  throw new Error(`Not a chore: ${JSON.stringify(value)}`);
}
