/** How long a failed task waits before its next try. */

const FIRST_DELAY_MS = 5_000;
/** Longer than this, a person would have looked. */
const LONGEST_DELAY_MS = 600_000;

/**
 * Milliseconds to wait after the given number of failures (1 after the first): 5 s doubled each time up to 10 min, of which
 * half is fixed and half is `random` (0 to 1), so that tasks that failed together do not all come back together.
 */
export function backoffMs(failures: number, random: number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(full / 2 + (full / 2) * random);
}
