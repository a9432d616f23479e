/** The folder of parts that a task has of its own, and the room on its disk. */
import { readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import type { AttemptContext } from './handler.ts';

type Folders = Pick<AttemptContext<unknown, unknown, unknown>, 'workDir' | 'outputDir' | 'warn'>;

/** Deletes what no checkpoint names: halves of killed attempts, parts of a dropped plan. */
export async function clearWorkFolder(workDir: string, keep: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(workDir)) {
    if (!keep.has(name)) await rm(join(workDir, name), { recursive: true, force: true });
  }
}

/** Says so when the room may not do, and throws DISK_FULL (retryable) only when there is none: a forecast is no reason to refuse work. */
export async function adviseOnSpace({ workDir, outputDir, warn }: Folders, neededBytes: number): Promise<void> {
  for (const folder of new Set([workDir, outputDir])) {
    const { bavail, bsize } = await statfs(folder);
    const freeBytes = bavail * bsize;
    if (freeBytes === 0) throw new TaskError('DISK_FULL', `The disk of ${folder} is full. Free about ${megabytes(neededBytes)}; the task goes on by itself.`, { retryable: true });
    if (freeBytes < neededBytes) warn(`The disk of ${folder} has ${megabytes(freeBytes)} free and about ${megabytes(neededBytes)} may be needed.`);
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
