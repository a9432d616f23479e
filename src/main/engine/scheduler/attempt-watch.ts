/** Watches one attempt for its limits and for whether it gets on. Measures on the monotonic clock: the wall clock may be set meanwhile. */
import type { Clock } from '../clock.ts';
import type { Limits } from './limits.ts';

export interface AttemptWatchOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly stallMs: number;
  /** Bytes of the files that the attempt writes; null: they are not looked at, and neither is whether it gets on. */
  readonly measure: (() => Promise<number>) | null;
  readonly onSoftLimit: (limitMs: number) => void;
  readonly onHardLimit: (limitMs: number) => void;
  readonly onStall: (silentMs: number) => void;
}

export class AttemptWatch {
  readonly #options: AttemptWatchOptions;
  readonly #startedMs: number;
  readonly #cancels = new Map<'soft' | 'hard', () => void>();
  #stallMs: number;
  /** Time in which this process stood still: it counts for nobody. */
  #graceMs = 0;
  #movedMs: number;
  #bytes: number | undefined;
  #isMeasuring = false;
  #isClosed = false;

  constructor(options: AttemptWatchOptions) {
    this.#options = options;
    this.#stallMs = options.stallMs;
    this.#startedMs = options.clock.monotonicMs();
    this.#movedMs = this.#startedMs;
    const { softMs, hardMs } = options.limits;
    if (softMs !== null) this.#ringAfter('soft', softMs, options.onSoftLimit);
    if (hardMs !== null) this.#ringAfter('hard', hardMs, options.onHardLimit);
  }

  /** It is expected to take another time than was thought. */
  set stallMs(stallMs: number) {
    this.#stallMs = stallMs;
  }

  /** The attempt has got on: a figure moved, something was saved. */
  moved(): void {
    this.#movedMs = this.#options.clock.monotonicMs();
    this.#bytes = undefined;
  }

  /** Called every few seconds. graceMs: time since the last look in which nobody could listen. */
  look(nowMs: number, graceMs: number): void {
    this.#graceMs += graceMs;
    this.#movedMs += graceMs;
    const silentMs = nowMs - this.#movedMs;
    // Twice in the silence: a first look to compare with, and one before it counts as a stall.
    if (this.#options.measure === null || silentMs < this.#stallMs * (this.#bytes === undefined ? 0.5 : 1)) return;
    void this.#measure(this.#options.measure);
  }

  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#cancels.values()) cancel();
  }

  async #measure(measure: () => Promise<number>): Promise<void> {
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    const askedMs = this.#options.clock.monotonicMs();
    const bytes = await measure().finally(() => (this.#isMeasuring = false));
    if (this.#isClosed || this.#movedMs > askedMs) return;
    const before = this.#bytes;
    this.#bytes = bytes;
    if (before === undefined) return;
    const silentMs = this.#options.clock.monotonicMs() - this.#movedMs;
    // A file that is replaced by a smaller one is a sign of life as well.
    if (before !== bytes) this.#movedMs = askedMs;
    else if (silentMs >= this.#stallMs) this.#options.onStall(silentMs);
  }

  #ringAfter(name: 'soft' | 'hard', limitMs: number, onLimit: (limitMs: number) => void): void {
    const { clock } = this.#options;
    const leftMs = limitMs - (clock.monotonicMs() - this.#startedMs - this.#graceMs);
    this.#cancels.set(name, clock.after(Math.max(0, leftMs), () => {
      const isOver = clock.monotonicMs() - this.#startedMs - this.#graceMs >= limitMs;
      if (isOver) onLimit(limitMs);
      else this.#ringAfter(name, limitMs, onLimit);
    }));
  }
}
