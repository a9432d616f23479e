/**
 * What takes long and needs no connection to the open database: a thread of its own does it while the store goes on. A copy is read from the
 * database's file through a descriptor of the store's thread, which holds the file still meanwhile: no commit writes to it, only the log grows.
 * So copying is a chore by itself, and what is done with the copy is another one, during which the log is written back as always.
 */
import { closeSync, fdatasyncSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import * as z from 'zod';
import { backup } from '../../../shared/backup-contract.ts';
import { beginBackup, keepBackup, listBackups, partOf } from './backups.ts';
import { exported } from './export-format.ts';
import { exportRows } from './export-rows.ts';

export const chore = z.discriminatedUnion('chore', [
  z.object({ chore: z.literal('copy'), dir: z.string(), descriptor: z.int(), name: z.string() }),
  z.object({ chore: z.literal('keep'), dir: z.string(), name: z.string() }),
  z.object({ chore: z.literal('list'), dir: z.string() }),
  z.object({ chore: z.literal('export'), dir: z.string(), name: z.string(), file: z.string(), now: z.number() }),
]);
export type Chore = z.infer<typeof chore>;

export const choreResults = { copy: z.null(), keep: backup, list: z.array(backup), export: exported } as const;

/** Does one chore and gives what choreResults says. */
export function runChore(work: Chore): unknown {
  switch (work.chore) {
    case 'copy':
      return orNothing(beginBackup(work.dir, work.name), (part) => {
        copyFrom(work.descriptor, part);
        return null;
      });
    case 'keep':
      return orNothing(partOf(work.dir, work.name), () => keepBackup(work.dir, work.name));
    case 'list':
      return listBackups(work.dir);
    case 'export':
      return orNothing(partOf(work.dir, work.name), (copy) => exportRows({ copy, file: work.file, now: work.now }));
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

/** A disk that has a whole queue to write at once lets commits wait for it; what is written and synced at a time it has behind it soon. */
const CHUNK_BYTES = 1 << 20;
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
      fdatasyncSync(target);
    }
  } finally {
    closeSync(target);
  }
}

function assertNever(value: never): never {
  throw new Error(`Not a chore: ${JSON.stringify(value)}`);
}
