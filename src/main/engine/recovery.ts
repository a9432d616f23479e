/** What a start does before it works: ends what a crash left running, gives back what it held, clears what is provably ours. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Task } from '../../shared/task.ts';
import { killStamped } from './media/process-stamp.ts';
import type { Store } from './store/store.ts';

export interface Recovered {
  /** Tasks that an engine before this one was working on. */
  readonly rescued: readonly Task[];
  /** Tools of a crashed engine that were still running. */
  readonly toolsEnded: number;
}

export async function recover(store: Store, options: { leaseOwner: string; now: number; workDir: string }): Promise<Recovered> {
  const toolsEnded = await endLeftoverTools(store);
  const rescued = await store.rescue({ leaseOwner: options.leaseOwner, now: options.now });
  await clearWorkFolders(store, options.workDir);
  return { rescued, toolsEnded };
}

/** Before anything is claimed: a stray FFmpeg of the last run could still write. */
async function endLeftoverTools(store: Store): Promise<number> {
  let count = 0;
  for (const tool of await store.listTools()) {
    if (await killStamped(tool.pid, tool.startStamp)) count += 1;
    await store.removeTool(tool);
  }
  return count;
}

/** Work folders are named after their task; those of tasks that need them no more go. Others are left alone. */
async function clearWorkFolders(store: Store, workDir: string): Promise<void> {
  const names = await readdir(workDir).catch(() => []);
  const ids = names.filter((name) => /^[1-9]\d*$/.test(name)).map(Number);
  if (ids.length === 0) return;
  for (const id of await store.settledAmong(ids)) await rm(join(workDir, String(id)), { recursive: true, force: true });
}
