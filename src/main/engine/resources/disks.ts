/** How much room there is where a folder is, or will be made. */
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** device: the same for folders that share their room. */
export interface Disk {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly device: number;
}

/** Of the folder or, where it is to be made, of the one that it will be made in; null: it can't be told. */
export async function readDisk(dir: string): Promise<Disk | null> {
  for (let folder = dir; ; folder = dirname(folder)) {
    const [space, found] = await Promise.all([statfs(folder), stat(folder)]).catch(() => [null, null]);
    // A file system without blocks (/proc) has no room to run out of; the attempt says what is wrong with it.
    if (space !== null && found !== null) return space.blocks > 0 ? { freeBytes: space.bavail * space.bsize, totalBytes: space.blocks * space.bsize, device: found.dev } : null;
    if (folder === dirname(folder)) return null;
  }
}
