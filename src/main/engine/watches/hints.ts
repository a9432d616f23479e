/** Hears of changes in folders by chokidar. What it says is a hint where to look; what is missed, the next scan finds. */
import { join } from 'node:path';

export interface Hints {
  /** Listens to these folders too; how many of them are new. It begins a moment later: who adds looks at them once more. */
  add(dirs: readonly string[]): number;
  close(): Promise<void>;
}

export interface HintOptions {
  readonly folder: string;
  /** Folders below it that are known by now. */
  readonly dirs: readonly string[];
  readonly onHint: (path: string) => void;
  /** Events can't be had (any more): the system has no more watches, or chokidar can't be loaded. */
  readonly onFailure: (why: string) => void;
}

/** Only folders are watched, not their files: ten thousand of these cost nothing. */
export async function listen({ folder, dirs, onHint, onFailure }: HintOptions): Promise<Hints> {
  const { watch } = await import('chokidar');
  const known = new Set([folder, ...dirs]);
  const watcher = watch(folder, { ignoreInitial: true, followSymlinks: false, atomic: false, ignored: (path: string) => !known.has(path) });
  watcher.on('raw', (_event: unknown, name: unknown, details: unknown) => {
    const dir = watchedPath(details) ?? folder;
    onHint(typeof name === 'string' && name !== '' ? join(dir, name) : dir);
  });
  watcher.on('error', (error: unknown) => onFailure(error instanceof Error ? error.message : String(error)));
  return {
    add(more) {
      const unknown = more.filter((dir) => !known.has(dir));
      for (const dir of unknown) known.add(dir);
      if (unknown.length > 0) watcher.add(unknown);
      return unknown.length;
    },
    close: () => watcher.close(),
  };
}

function watchedPath(details: unknown): string | null {
  return typeof details === 'object' && details !== null && 'watchedPath' in details && typeof details.watchedPath === 'string' ? details.watchedPath : null;
}
