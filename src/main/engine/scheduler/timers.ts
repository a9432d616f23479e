/** Timers by name: setting one again takes the place of the one before. */
import type { Clock } from '../clock.ts';

export class Timers<Name extends string> {
  readonly #clock: Clock;
  readonly #cancels = new Map<Name, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it is set and has not rung. */
  has(name: Name): boolean {
    return this.#cancels.has(name);
  }

  set(name: Name, delayMs: number, callback: () => void): void {
    this.#cancels.get(name)?.();
    this.#cancels.set(name, this.#clock.after(delayMs, () => {
      this.#cancels.delete(name);
      callback();
    }));
  }

  close(): void {
    for (const cancel of this.#cancels.values()) cancel();
  }
}
