/** Goes through a folder a handful of names at a time: nobody waits for it, however large the folder is. */
import { lstat, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SeenFile } from '../store/watch-operations.ts';
import type { FileFilter } from './file-filter.ts';

/** Names that are read and files that are asked at a time: a portion takes this thread about a millisecond. */
const PORTION = 100;
/** Node has four threads for files; on a slow share these keep them busy. */
const AT_ONCE = 16;
/** Deeper than any folders that people make; a broken file system may pretend more. */
const DEPTH_LIMIT = 64;

export interface Scanned {
  readonly paths: readonly string[];
  /** Folders that were opened meanwhile. */
  readonly dirs: readonly string[];
  /** Folders that can't be opened. */
  readonly unreadable: readonly string[];
}

/** Files that the filter accepts, in portions. Links to folders are not followed, so no walk runs in a circle. Throws where the folder itself can't be opened. */
export async function* scan(folder: string, filter: FileFilter): AsyncGenerator<Scanned, void> {
  const left: { readonly dir: string; readonly depth: number }[] = [{ dir: folder, depth: 0 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { dir, depth } = next;
    let [paths, dirs]: [string[], string[]] = [[], [dir]];
    try {
      for await (const entry of await opendir(dir, { bufferSize: PORTION })) {
        const path = join(dir, entry.name);
        if (entry.isDirectory()) {
          if (depth < DEPTH_LIMIT && filter.enters(path)) left.push({ dir: path, depth: depth + 1 });
        } else if (filter.accepts(path)) paths.push(path);
        if (paths.length < PORTION) continue;
        yield { paths, dirs, unreadable: [] };
        [paths, dirs] = [[], []];
      }
    } catch (error) {
      if (depth === 0) throw error;
      // It may have gone since its name was read: then nothing is wrong with it.
      yield { paths, dirs: [], unreadable: (await isFolder(dir)) ? [dir] : [] };
      continue;
    }
    yield { paths, dirs, unreadable: [] };
  }
}

/** What is under these names now: plain files only, or links to them. */
export async function seeFiles(paths: readonly string[]): Promise<SeenFile[]> {
  const seen: SeenFile[] = [];
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    for (const file of await Promise.all(paths.slice(from, from + AT_ONCE).map(seeFile))) if (file !== null) seen.push(file);
  }
  return seen;
}

/** Null: gone, or no file. */
export async function seeFile(path: string): Promise<SeenFile | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true ? { path, sizeBytes: found.size, mtimeMs: found.mtimeMs, identity: identityOf(found) } : null;
}

/** Whether it is a folder itself, not a link to one. */
export async function isFolder(path: string): Promise<boolean> {
  return lstat(path).then((found) => found.isDirectory(), () => false);
}

/** Null where the file system gives no inodes. */
function identityOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string | null {
  return ino === 0 ? null : `${String(dev)}:${String(ino)}`;
}

/** Tells one state of a file from another. */
export function markOf({ sizeBytes, mtimeMs }: SeenFile): string {
  return `${String(sizeBytes)} ${String(mtimeMs)}`;
}
