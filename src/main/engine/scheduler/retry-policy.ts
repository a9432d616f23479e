/** Whether and when a failed attempt is followed by another. */
import type { TaskErrorShape } from '../../../shared/errors.ts';
import { backoffMs } from './backoff.ts';

/** What ends by itself when somebody makes room; giving up would lose accepted work, so it spends no retry. */
const WAITED_OUT = new Set(['DISK_FULL']);

/**
 * Epoch ms of the next try, or null for none. failures: how many came before this one.
 * random: 0 to 1, spreads tasks that failed together.
 */
export function retryAt(error: TaskErrorShape, failures: number, maxRetries: number, now: number, random: number): number | null {
  if (!error.retryable) return null;
  if (!WAITED_OUT.has(error.code) && failures >= maxRetries) return null;
  return now + backoffMs(failures + 1, random);
}
