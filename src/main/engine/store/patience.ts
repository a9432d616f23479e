/** How the store's thread waits for the next call. */

/** About as long as a caller needs to ask again when it has its answer, and as an idle machine needs to wake a thread that sleeps. */
const AWAKE_MS = 0.15;
/** So many calls in a row came that soon after an answer. */
const QUICK_CALLS = 3;

/** Stays awake for a moment where somebody asks again as soon as each answer is there: then the way to the thread and back is most of the wait. */
export class Patience {
  #quickCalls = 0;

  stayAwake(isSilent: () => boolean): void {
    if (this.#quickCalls < QUICK_CALLS) return;
    const untilMs = performance.now() + AWAKE_MS;
    while (isSilent() && performance.now() < untilMs) {
      // Nothing: this is the shortest way to hear it.
    }
  }

  rangAfter(ms: number): void {
    this.#quickCalls = ms < 2 * AWAKE_MS ? this.#quickCalls + 1 : 0;
  }
}
