/** Whether a worker process holds so much memory that a fresh one should take its place. */

/** Its first tasks load what stays: code, models' headers. The most that they leave is what is normal for it. */
const FIRST_TASKS = 3;
/** Twice as much and so many bytes more than normal is growth and not a larger file. */
const GROWTH_FACTOR = 2;
const GROWTH_BYTES = 256 * 1024 ** 2;
/** Between two tasks a worker holds 40–120 MB; with this much something leaks from the first task on. */
const MOST_IDLE_BYTES = 1024 ** 3;
/** While it works: handlers read in pieces, and none needs a fraction of this. Beyond it the machine would begin to swap. */
const MOST_BUSY_BYTES = 4 * 1024 ** 3;

export class MemoryWatch {
  readonly #mostBusyBytes: number;
  #normalBytes = 0;
  #tasks = 0;
  #newestBytes = 0;

  /** totalBytes: the machine's memory; half of it is the most for one worker. */
  constructor(totalBytes: number) {
    this.#mostBusyBytes = Math.min(MOST_BUSY_BYTES, totalBytes / 2);
  }

  /** A task is done and the worker held so much. */
  taskDone(rssBytes: number): void {
    this.#tasks += 1;
    this.#newestBytes = rssBytes;
    if (this.#tasks <= FIRST_TASKS) this.#normalBytes = Math.max(this.#normalBytes, rssBytes);
  }

  /** Whether it shall not take another task. */
  get isGrown(): boolean {
    const hasGrown = this.#newestBytes > this.#normalBytes * GROWTH_FACTOR && this.#newestBytes > this.#normalBytes + GROWTH_BYTES;
    return hasGrown || this.#newestBytes > MOST_IDLE_BYTES;
  }

  /** Whether a worker with a task holds more than any task needs. */
  isBlownUp(rssBytes: number): boolean {
    return rssBytes > this.#mostBusyBytes;
  }
}
