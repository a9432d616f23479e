/** What becomes of a source once its task is completed. Each step can be done again after a kill. */
import { copyFile, link, mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import type { WatchAfter } from '../../../shared/watch-contract.ts';
import { sha256OfFile, syncFile, syncFolder } from '../media/durable-file.ts';
import { displayName } from '../media/display-name.ts';
import type { FinishedSource } from '../store/watch-operations.ts';
import { numbered } from '../workers/publish.ts';
import { seeFile } from './scan.ts';

/** A folder with so many taken names has something else wrong with it. */
const MOST_NUMBERS = 10_000;

/** Throws a TaskError with what can't be done and why; the source is still there then. A source that is gone, or is another file by now, is left alone. */
export async function treatSource(source: FinishedSource, after: WatchAfter): Promise<void> {
  const found = await seeFile(source.path);
  if (found === null || found.sizeBytes !== source.sizeBytes || found.mtimeMs !== source.mtimeMs) return;
  switch (after.kind) {
    case 'leave':
      return;
    case 'move':
      return await moveInto(source.path, after.folder);
    case 'delete':
      await requireOutputs(source);
      await rm(source.path, { force: true });
  }
}

/** Every output is there with the very content that was published; only then the source may go. */
async function requireOutputs({ path, outputs }: FinishedSource): Promise<void> {
  if (outputs.length === 0) throw new TaskError('OUTPUT_CHECK_FAILED', `${displayName(path)} stays: its task has no output that could be compared.`);
  for (const { path: made, sizeBytes, sha256 } of outputs) {
    const size = await stat(made).then((found) => found.size, () => null);
    if (size !== sizeBytes || (await sha256OfFile(made).catch(() => '')) !== sha256) throw new TaskError('OUTPUT_CHECK_FAILED', `${displayName(path)} stays: ${made} is not there any more, or was changed.`);
  }
}

/** Never over another file; a name that is taken gets a number. */
async function moveInto(path: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    for (let number = 1; number <= MOST_NUMBERS; number += 1) {
      if (await place(path, join(folder, numbered(basename(path), number)))) return;
    }
  } catch (cause) {
    throw new TaskError('OUTPUT_NOT_WRITABLE', `${displayName(path)} can't be moved to ${folder}. Check that its disk is there, has room and may be written to.`, { cause, details: String(cause) });
  }
  throw new TaskError('OUTPUT_NOT_WRITABLE', `No free name for ${displayName(path)} in ${folder}. Choose another folder.`);
}

/** False: the name is somebody else's. */
async function place(path: string, target: string): Promise<boolean> {
  if (await isSameFile(path, target)) {
    // A kill came between the two halves of this move.
    await rm(path, { force: true });
    return true;
  }
  if ((await stat(target).catch(() => null)) !== null) return false;
  try {
    await link(path, target);
  } catch {
    // Another disk, or one without links.
    await copyAs(path, target);
  }
  await syncFolder(join(target, '..'));
  await rm(path, { force: true });
  return true;
}

/** The copy has its name only once it is whole; its hidden name keeps it out of watched folders. */
async function copyAs(path: string, target: string): Promise<void> {
  const part = join(target, '..', `.longhaul-move-${basename(target)}.part`);
  const { atime, mtime } = await stat(path);
  await copyFile(path, part);
  await utimes(part, atime, mtime);
  await syncFile(part);
  try {
    // Fails on a name that was taken meanwhile, where a rename would replace it.
    await link(part, target);
    await rm(part, { force: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw error;
    await rename(part, target);
  }
}

async function isSameFile(path: string, target: string): Promise<boolean> {
  const [source, there] = [await stat(path, { bigint: true }), await stat(target, { bigint: true }).catch(() => null)];
  if (there === null || there.size !== source.size) return false;
  if (there.ino === source.ino && there.dev === source.dev) return true;
  return (await sha256OfFile(path)) === (await sha256OfFile(target));
}
