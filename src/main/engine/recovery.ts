/** What a start does before it works: ends what a crash left running, gives back what it held, clears what is provably ours. */
import { describeRecovery, type Recovery } from '../../shared/backup-contract.ts';
import type { TaskErrorShape } from '../../shared/errors.ts';
import type { Task } from '../../shared/task.ts';
import { killStamped } from './media/process-stamp.ts';
import { sweepWorkFolders } from './resources/sweep.ts';
import type { Store } from './store/store.ts';

export interface Recovered {
  /** What became of the queue itself since an engine last worked on it, when something had to be mended; null: nothing. */
  readonly queue: Recovery | null;
  /** Tasks that an engine before this one was working on. */
  readonly rescued: readonly Task[];
  /** Tools of a crashed engine that were still running. */
  readonly toolsEnded: number;
}

export async function recover(store: Store, options: { leaseOwner: string; now: number; workDir: string; storeId: string }): Promise<Recovered> {
  const queue = await untoldRecovery(store);
  const toolsEnded = await endLeftoverTools(store);
  const rescued = await store.rescue({ leaseOwner: options.leaseOwner, now: options.now });
  await sweepWorkFolders(store, options);
  return { queue, rescued, toolsEnded };
}

/** Told once by an engine that works: a command that only looked at the folder may have been the one that opened it first. */
async function untoldRecovery(store: Store): Promise<Recovery | null> {
  const found = await store.lastRecovery();
  if (found === null || (await store.getSettings())['recoveryTold'] === String(found.at)) return null;
  await store.setSetting('recoveryTold', String(found.at));
  return found;
}

/** The recovery as what is wrong with the engine. */
export function recoveryTrouble(recovery: Recovery): TaskErrorShape {
  const [message = '', ...details] = describeRecovery(recovery);
  const lost = [recovery.missingCount > 0 ? `${String(recovery.missingCount)} accepted tasks are missing` : '', recovery.undoneCount > 0 ? `${String(recovery.undoneCount)} that were over are paused` : ''].filter((text) => text !== '');
  return { code: 'STORE_DAMAGED', message: `${message}${lost.length === 0 ? '' : ` ${lost.join('; ')}.`} \`longhaul backups\` tells which.`, retryable: false, details: details.join('\n') };
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
