/** How much Longhaul's own temporary files take. */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { listDrafts, type DraftOwner } from '../workers/drafts.ts';

/** All work folders are looked at again when this is over: with thousands of failed tasks that takes a while. */
const LOOK_VALID_MS = 30_000;

/** Bytes in a folder, with all below it. Links are not followed; what is gone or can't be read counts nothing. */
export async function folderBytes(dir: string): Promise<number> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(entries.map((entry) => (entry.isDirectory() ? folderBytes(join(dir, entry.name)) : fileBytes(join(dir, entry.name)))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Bytes of a task's outputs under temporary names. */
export async function draftBytes(outputDir: string, owner: DraftOwner): Promise<number> {
  const sizes = await Promise.all((await listDrafts(outputDir, owner)).map(fileBytes));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function fileBytes(path: string): Promise<number> {
  const found = await lstat(path).catch(() => null);
  return found?.isFile() === true ? found.size : 0;
}

/** The sum over all work folders, looked at in the background: nobody waits for it. */
export class WorkFolderSize {
  readonly #workDir: string;
  readonly #clock: Clock;
  #bytes = 0;
  #lookedMs: number | undefined;
  #looking: Promise<number> | undefined;

  constructor(workDir: string, clock: Clock) {
    this.#workDir = workDir;
    this.#clock = clock;
  }

  /** By the last look; one that is too old is made anew meanwhile. */
  get lastBytes(): number {
    const isFresh = this.#lookedMs !== undefined && this.#clock.monotonicMs() - this.#lookedMs < LOOK_VALID_MS;
    if (!isFresh) void this.look();
    return this.#bytes;
  }

  /** Looks now. */
  look(): Promise<number> {
    return (this.#looking ??= folderBytes(this.#workDir).then((bytes) => {
      this.#bytes = bytes;
      this.#lookedMs = this.#clock.monotonicMs();
      return bytes;
    }).finally(() => (this.#looking = undefined)));
  }
}
