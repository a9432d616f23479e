/** What commands and queries ask of the watched folders. */
import type { WatchState } from '../../../shared/watch-contract.ts';

/** What only the watcher knows of how its rule stands. */
export type LiveState = Pick<WatchState, 'status' | 'by' | 'files' | 'lastScanAt' | 'waiting' | 'passedOver' | 'problem'>;

export interface WatchControl {
  /** Rules were changed: watches by them as they are now. */
  changed(): Promise<void>;
  /** Null: it is not watched. */
  stateOf(id: number): LiveState | null;
  /** Goes through the whole folder now. */
  scan(id: number): void;
}
