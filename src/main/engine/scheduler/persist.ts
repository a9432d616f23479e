/** Saves that must not get lost: repeated until they are committed, while the user is told what is in the way. */
import { TaskError } from '../../../shared/errors.ts';
import type { Clock } from '../clock.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export class Persister {
  readonly #clock: Clock;
  readonly #onTrouble: (trouble: TaskError | null) => void;
  readonly #stuck = new Set<symbol>();
  readonly #sleepers = new Set<() => void>();
  #isClosing = false;

  constructor(clock: Clock, onTrouble: (trouble: TaskError | null) => void) {
    this.#clock = clock;
    this.#onTrouble = onTrouble;
  }

  /** Settles when the save is committed. Throws only what a repetition can't mend, or the last error once closing. */
  async persist<T>(save: () => Promise<T>): Promise<T> {
    const token = Symbol('save');
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      try {
        const value = await save();
        this.#mended(token);
        return value;
      } catch (error) {
        const trouble = TaskError.from(error);
        if (!trouble.retryable || this.#isClosing) {
          this.#mended(token);
          throw error;
        }
        this.#stuck.add(token);
        this.#onTrouble(trouble);
        await this.#pause(pauseMs);
      }
    }
  }

  /** From now on a save is tried once; those that wait are tried once more, at once. */
  close(): void {
    this.#isClosing = true;
    for (const wake of this.#sleepers) wake();
  }

  async #pause(pauseMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(pauseMs, resolve);
    this.#sleepers.add(resolve);
    await promise;
    this.#sleepers.delete(resolve);
    cancel();
  }

  #mended(token: symbol): void {
    if (this.#stuck.delete(token) && this.#stuck.size === 0) this.#onTrouble(null);
  }
}
