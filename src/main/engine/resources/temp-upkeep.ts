/** Clears temporary files that nobody wants any more: at the start, and once a day while the engine runs. In the background: nothing waits for it. */
import type { TaskId } from '../../../shared/task.ts';
import type { Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';
import { expireParts, sweepLostDrafts, type SweepOptions } from './sweep.ts';

export interface TempUpkeepOptions extends SweepOptions {
  readonly store: Pick<Store, 'draftFolders' | 'draftsInUse' | 'expireParts'>;
  readonly clock: Clock;
  /** How long parts of failed and cancelled tasks are kept. */
  readonly days: () => number;
  /** Parts of these tasks are gone. */
  readonly onExpired: (ids: readonly TaskId[]) => void;
}

const DAY_MS = 86_400_000;
/** From the wish to close to the end of the waiting. */
const CLOSE_LIMIT_MS = 1_000;

export class TempUpkeep {
  readonly #options: TempUpkeepOptions;
  #working: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(options: TempUpkeepOptions) {
    this.#options = options;
  }

  /** Begins at once. */
  start(): void {
    if (this.#isClosed) return;
    const { clock } = this.#options;
    this.#cancelTimer = clock.after(DAY_MS, () => this.start());
    // A store that can't answer has said so to whoever works; what is left lies there until tomorrow.
    this.#working = this.#work().catch(() => undefined);
  }

  /** Waits for what is under way. A share that does not answer is not waited for: the store says no to whatever comes of it. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.#options.clock.after(CLOSE_LIMIT_MS, () => resolve(undefined));
    await Promise.race([this.#working, late]);
    cancel();
  }

  async #work(): Promise<void> {
    const { store, clock, workDir, storeId, days, onExpired } = this.#options;
    const expired = await expireParts(store, { workDir, storeId, now: clock.now(), days: days() });
    if (expired.length > 0) onExpired(expired);
    await sweepLostDrafts(store, { storeId, now: clock.now() });
  }
}
