/** Rate limits as theoretical arrival times: the Generic Cell Rate Algorithm (ITU-T I.371, as a virtual scheduling algorithm). */
import type { Rate } from '../../../shared/queue-contract.ts';

/** taken: the arrival time to keep from now on. Else when it may be tried again, epoch ms. */
export type GcraAnswer = { readonly kind: 'taken'; readonly arrivalMs: number } | { readonly kind: 'refused'; readonly nextAt: number };

/**
 * Whether one more may begin now. arrivalMs: what was kept last; undefined: nothing yet. After a pause `count` may begin at once, then one
 * each interval. A wall clock that was set back can't refuse longer than the limit's own seconds.
 */
export function gcra(arrivalMs: number | undefined, { count, seconds }: Rate, now: number): GcraAnswer {
  const intervalMs = Math.ceil((seconds * 1000) / count);
  const burstMs = intervalMs * count;
  const arrival = Math.min(Math.max(arrivalMs ?? now, now), now + burstMs);
  const allowedAt = arrival + intervalMs - burstMs;
  return now >= allowedAt ? { kind: 'taken', arrivalMs: arrival + intervalMs } : { kind: 'refused', nextAt: allowedAt };
}
