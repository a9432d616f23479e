/** Whether a page that failed is worth loading again by itself. */

/** More often than this within the time, and it fails because of what it shows. */
const TIMES = 3;
const WITHIN_MS = 60_000;

export class CrashCounter {
  #at: number[] = [];

  /** again: load it. ask: it keeps failing, its user decides. */
  add(now: number): 'again' | 'ask' {
    this.#at = [...this.#at.filter((at) => now - at < WITHIN_MS), now];
    if (this.#at.length <= TIMES) return 'again';
    this.#at = [];
    return 'ask';
  }
}
