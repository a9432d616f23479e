/** What is done again and again while something runs: progress goes to the disk, leases and limits are looked at. An idle engine does not wake up. */
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import type { RunningAttempt } from './running-attempt.ts';
import { Timers } from './timers.ts';

/** Progress reaches the disk this often; what a kill loses of it is only a number on the screen. */
export const FLUSH_INTERVAL_MS = 3_000;
/** Leases are looked at this often; the shortest is a minute. */
const LEASE_CHECK_MS = 5_000;

export interface RoundsOptions {
  readonly clock: Clock;
  readonly store: Pick<Store, 'saveProgress'>;
  readonly running: ReadonlyMap<unknown, RunningAttempt>;
  /** After each flush. */
  readonly onFlush: () => void;
  readonly onTrouble: (error: unknown) => void;
}

export class Rounds {
  readonly #options: RoundsOptions;
  readonly #timers: Timers<'flush' | 'lease'>;
  #leaseLookMs = 0;
  #isClosed = false;

  constructor(options: RoundsOptions) {
    this.#options = options;
    this.#timers = new Timers(options.clock);
  }

  /** Something runs. Any number of times. */
  begin(): void {
    if (!this.#timers.has('flush')) this.#timers.set('flush', FLUSH_INTERVAL_MS, () => void this.#flush());
    if (this.#timers.has('lease')) return;
    this.#leaseLookMs = this.#options.clock.monotonicMs();
    this.#timers.set('lease', LEASE_CHECK_MS, () => this.#checkLeases());
  }

  close(): void {
    this.#isClosed = true;
    this.#timers.close();
  }

  async #flush(): Promise<void> {
    const { store, clock, running, onFlush, onTrouble } = this.#options;
    const updates = [...running.values()].map((attempt) => attempt.takeUpdate()).filter((update) => update !== null);
    if (updates.length > 0) await store.saveProgress(updates, clock.now()).catch(onTrouble);
    onFlush();
    if (running.size > 0 && !this.#isClosed) this.#timers.set('flush', FLUSH_INTERVAL_MS, () => void this.#flush());
  }

  #checkLeases(): void {
    const { clock, running } = this.#options;
    const nowMs = clock.monotonicMs();
    // A look that comes late means that this process itself stood still (sleep, SIGSTOP) and heard nobody.
    const lateMs = Math.max(0, nowMs - this.#leaseLookMs - LEASE_CHECK_MS);
    this.#leaseLookMs = nowMs;
    for (const attempt of running.values()) attempt.checkLease(nowMs, lateMs > LEASE_CHECK_MS ? lateMs : 0);
    if (running.size > 0 && !this.#isClosed) this.#timers.set('lease', LEASE_CHECK_MS, () => this.#checkLeases());
  }
}
