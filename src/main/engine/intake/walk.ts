/** Finds the files that were dropped: those named, and those in the named folders. */
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from '../media/display-name.ts';

/** A file, or what can't be used and why. */
export interface Dropped {
  readonly path: string;
  readonly problem: TaskError | null;
}

/** Some of what was dropped. */
export interface Walked {
  readonly found: readonly Dropped[];
  /** Files beyond the limit that were met meanwhile. */
  readonly leftOut: number;
  readonly isDone: boolean;
}

/** One intake takes so many: more is no list that a person looks through. */
const FILES_LIMIT = 10_000;
/** Files are counted up to here; whoever drops a whole disk does not wait for the number. */
const COUNTED = 200_000;
/** Deeper than any folders that people make; a broken file system may pretend more. */
const DEPTH_LIMIT = 64;
/** Named paths that are asked at a time whether they are folders. */
const AT_ONCE = 32;
/** Folders and files that systems and NAS put among people's own, and nobody means. */
const NOT_MEANT = new Set(['thumbs.db', 'desktop.ini', '$recycle.bin', 'system volume information', '__macosx', 'lost+found', '@eadir', '#recycle']);
const BY_NAME = new Intl.Collator('en', { numeric: true });

/**
 * In the order given; in folders by name. A path that is named stays, whether it is there or not; nothing comes twice. It goes only as far
 * as it is asked to: the first files of a large tree are there before the rest of it was looked at.
 */
export class Walk {
  readonly #limit: number;
  readonly #seen = new Set<string>();
  /** Real paths: links may lead back to where one came from. */
  readonly #entered = new Set<string>();
  /** Null: nothing found, but a good place to stop. */
  readonly #steps: AsyncGenerator<Dropped | null, void>;
  #taken = 0;
  #leftOut = 0;

  /** What has a problem already is passed on with it. */
  constructor(named: readonly Dropped[], limit = FILES_LIMIT) {
    this.#limit = limit;
    this.#steps = this.#walk(named);
  }

  /** So many more, or fewer when it isOver. */
  async next(count: number, isOver: () => boolean = () => false): Promise<Walked> {
    const found: Dropped[] = [];
    const before = this.#leftOut;
    let isDone = false;
    while (found.length < count && !isDone) {
      const step = await this.#steps.next();
      if (step.done === true) isDone = true;
      else if (step.value !== null) found.push(step.value);
      else if (isOver()) break;
    }
    return { found, leftOut: this.#leftOut - before, isDone };
  }

  async *#walk(named: readonly Dropped[]): AsyncGenerator<Dropped | null, void> {
    for (let from = 0; from < named.length; from += AT_ONCE) {
      const some = named.slice(from, from + AT_ONCE);
      const areFolders = await Promise.all(some.map(async ({ path, problem }) => problem === null && (await isFolder(path))));
      for (const [index, one] of some.entries()) {
        if (this.#isFull) {
          this.#leftOut += named.length - from - index;
          return;
        }
        if (areFolders[index] === true) yield* this.#enterNamed(one.path);
        else yield this.#take(one);
      }
    }
  }

  async *#enterNamed(path: string): AsyncGenerator<Dropped | null, void> {
    const isKnown = this.#entered.has(await realPath(path));
    const before = this.#taken + this.#leftOut;
    yield* this.#enter(path, 0);
    if (!isKnown && this.#taken + this.#leftOut === before) {
      yield this.#take({ path, problem: new TaskError('INPUT_EMPTY', `The folder ${displayName(path)} holds no files (hidden ones do not count). Choose another folder, or the files themselves.`) });
    }
  }

  async *#enter(dir: string, depth: number): AsyncGenerator<Dropped | null, void> {
    const real = await realPath(dir);
    if (this.#entered.has(real)) return;
    this.#entered.add(real);
    const entries = await entriesOf(dir);
    if (entries instanceof TaskError) {
      yield this.#take({ path: dir, problem: entries });
      return;
    }
    for (const entry of entries) {
      if (this.#leftOut >= COUNTED) return;
      const path = join(dir, entry.name);
      if (!entry.isDirectory() && !(entry.isSymbolicLink() && (await isFolder(path)))) {
        const taken = this.#take({ path, problem: null });
        if (taken !== null) yield taken;
      } else if (depth < DEPTH_LIMIT) {
        yield* this.#enter(path, depth + 1);
      }
    }
    yield null;
  }

  get #isFull(): boolean {
    return this.#taken >= this.#limit;
  }

  /** Null: it came before, or is one too many. */
  #take(one: Dropped): Dropped | null {
    if (this.#seen.has(one.path)) return null;
    this.#seen.add(one.path);
    if (this.#isFull) {
      this.#leftOut += 1;
      return null;
    }
    this.#taken += 1;
    return one;
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then((stats) => stats.isDirectory(), () => false);
}

function realPath(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

/** By name, without what nobody means; or why they can't be had. */
async function entriesOf(dir: string): Promise<Dirent[] | TaskError> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    return entries.filter(({ name }) => isMeant(name)).sort((a, b) => BY_NAME.compare(a.name, b.name));
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause && (cause.code === 'EACCES' || cause.code === 'EPERM') ? 'permission denied' : 'its disk does not let it be read';
    return new TaskError('INPUT_UNREADABLE', `The folder ${displayName(dir)} can't be opened: ${why}. Allow reading it, then add it again.`, { cause, ...(cause instanceof Error ? { details: cause.message } : {}) });
  }
}

/** False: hidden, or put there by a system among people's own. */
export function isMeant(name: string): boolean {
  return !name.startsWith('.') && !NOT_MEANT.has(name.toLowerCase());
}
