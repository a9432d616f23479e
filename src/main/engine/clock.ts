/** The one owner of time and chance. Everything that waits, dates or spreads gets them passed in, so tests can turn the hands. */

export interface Clock {
  /** Wall time, epoch milliseconds: for what users see and for what must outlive the process. May jump. */
  now(): number;
  /** Milliseconds from an arbitrary start; never jumps, not even when the wall clock is set. Leases are measured by it. */
  monotonicMs(): number;
  /** Calls back once after delayMs. Returns what cancels it. Does not keep the process alive. */
  after(delayMs: number, callback: () => void): () => void;
}

/** setTimeout takes at most 2^31 - 1 ms; longer waits are cut and the waiter looks again. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), LONGEST_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const systemRandom = (): number => Math.random();
