/** What of the engine watched folders work with. */
import type { Settings } from '../../../shared/settings.ts';
import type { TaskId } from '../../../shared/task.ts';
import type { Clock } from '../clock.ts';
import type { Recipes } from '../recipes.ts';
import type { Store } from '../store/store.ts';

export interface WatchParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly recipes: Recipes;
  readonly settings: () => Settings;
  /** Absolute path of the data folder: none of its files is ever taken. */
  readonly dataDir: string;
  /** New tasks, or changed ones, after the commit. */
  readonly onChanged: (ids: readonly TaskId[]) => void;
  /** A rule, or how one stands, has changed. */
  readonly onState: () => void;
}
