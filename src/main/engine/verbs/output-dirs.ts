/** Folders for results are made when work is taken: an attempt that finds its folder missing then knows that a disk is gone. */
import { mkdir } from 'node:fs/promises';
import type { TaskDraft } from '../store/store.ts';

/** What can't be made now is told by the attempts, which try again. */
export async function makeOutputDirs(drafts: readonly TaskDraft[]): Promise<void> {
  const dirs = new Set(drafts.flatMap(({ outputDir }) => outputDir ?? []));
  await Promise.all([...dirs].map((dir) => mkdir(dir, { recursive: true }).catch(() => undefined)));
}
