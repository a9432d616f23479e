/** How long a failed task waits before its next try. */

/** Longer than this, a person would have looked. */
const LONGEST_DELAY_MS = 600_000;

/**
 * Milliseconds to wait before the given try (1: the first after a failure): firstDelayMs doubled each time up to 10 min, or up to a first
 * delay that is longer than that. Half is fixed and half is `random` (0 to 1), so that tasks that failed together do not all come back together.
 */
export function backoffMs(tries: number, firstDelayMs: number, random: number): number {
  const full = Math.min(Math.max(LONGEST_DELAY_MS, firstDelayMs), firstDelayMs * 2 ** Math.max(0, tries - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
