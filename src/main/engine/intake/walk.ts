/** Finds the files that were dropped: those named, and those in the named folders. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from '../media/display-name.ts';

/** A file, or a folder that can't be used and why. */
export interface Dropped {
  readonly path: string;
  readonly problem: TaskError | null;
}

export interface Walked {
  readonly found: readonly Dropped[];
  /** Files beyond the limit. A lower bound when there are more than COUNTED. */
  readonly leftOut: number;
}

/** One intake takes so many: more is no list that a person looks through. */
export const FILES_LIMIT = 10_000;
/** Files are counted up to here; whoever drops a whole disk does not wait for the number. */
const COUNTED = 200_000;
/** Deeper than any folders that people make; a broken file system may pretend more. */
const DEPTH_LIMIT = 64;
/** Folders and files that systems and NAS put among people's own, and nobody means. */
const NOT_MEANT = new Set(['thumbs.db', 'desktop.ini', '$recycle.bin', 'system volume information', '__macosx', 'lost+found', '@eadir', '#recycle']);
const BY_NAME = new Intl.Collator('en', { numeric: true });

/** In the order given; in folders by name. A path that is named stays, whether it is there or not; nothing comes twice. */
export async function walk(paths: readonly string[], limit = FILES_LIMIT): Promise<Walked> {
  const walker = new Walker(limit);
  for (const [index, path] of paths.entries()) {
    if (walker.isFull) return { found: walker.found, leftOut: walker.leftOut + paths.length - index };
    await walker.takeNamed(path);
  }
  return { found: walker.found, leftOut: walker.leftOut };
}

class Walker {
  readonly found: Dropped[] = [];
  leftOut = 0;
  readonly #limit: number;
  readonly #seen = new Set<string>();
  /** Real paths: links may lead back to where one came from. */
  readonly #entered = new Set<string>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    return this.found.length >= this.#limit;
  }

  async takeNamed(path: string): Promise<void> {
    const isFolder = await stat(path).then((stats) => stats.isDirectory(), () => false);
    if (!isFolder) return this.#take(path);
    const before = this.found.length + this.leftOut;
    const isNew = await this.#enter(path, 0);
    if (isNew && this.found.length + this.leftOut === before) {
      this.#take(path, new TaskError('INPUT_EMPTY', `The folder ${displayName(path)} holds no files (hidden ones do not count). Choose another folder, or the files themselves.`));
    }
  }

  /** False: it was walked through already. */
  async #enter(dir: string, depth: number): Promise<boolean> {
    const real = await realpath(dir).catch(() => dir);
    if (this.#entered.has(real)) return false;
    this.#entered.add(real);
    try {
      const entries = await readdir(dir, { withFileTypes: true });
      entries.sort((a, b) => BY_NAME.compare(a.name, b.name));
      for (const entry of entries) {
        if (this.leftOut >= COUNTED) break;
        if (!isMeant(entry.name)) continue;
        const path = join(dir, entry.name);
        const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await stat(path).then((stats) => stats.isDirectory(), () => false)));
        if (!isFolder) this.#take(path);
        else if (depth < DEPTH_LIMIT) await this.#enter(path, depth + 1);
      }
    } catch (cause) {
      const why = cause instanceof Error && 'code' in cause && (cause.code === 'EACCES' || cause.code === 'EPERM') ? 'permission denied' : 'its disk does not let it be read';
      this.#take(dir, new TaskError('INPUT_UNREADABLE', `The folder ${displayName(dir)} can't be opened: ${why}. Allow reading it, then add it again.`, { cause, ...(cause instanceof Error ? { details: cause.message } : {}) }));
    }
    return true;
  }

  #take(path: string, problem: TaskError | null = null): void {
    if (this.#seen.has(path)) return;
    this.#seen.add(path);
    if (this.isFull) this.leftOut += 1;
    else this.found.push({ path, problem });
  }
}

function isMeant(name: string): boolean {
  return !name.startsWith('.') && !NOT_MEANT.has(name.toLowerCase());
}
