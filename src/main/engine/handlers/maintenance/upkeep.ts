/** What Longhaul does for itself gets and gives: each action of this folder is an Upkeep. */
import type { MaintenanceOptions } from '../../../../shared/options.ts';
import type { Settings } from '../../../../shared/settings.ts';
import type { TaskId } from '../../../../shared/task.ts';
import type { Clock } from '../../clock.ts';
import type { LocatedPaths } from '../../located-paths.ts';
import type { Recipes } from '../../recipes.ts';
import type { Store } from '../../store/store.ts';

/** What of the engine upkeep works with. */
export interface UpkeepParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly recipes: Recipes;
  readonly tools: LocatedPaths;
  /** Absolute path of the data folder. */
  readonly dataDir: string;
  /** The machine's time zone now. */
  readonly localZone: () => string;
  /** New tasks, or changed ones, after the commit. */
  readonly onChanged: (ids: readonly TaskId[]) => void;
  /** Tasks that were on the list and are not in the store any more. */
  readonly onGone: (ids: readonly TaskId[]) => void;
}

/** One run of it. */
export interface UpkeepRun {
  readonly id: TaskId;
  readonly options: MaintenanceOptions;
  /** Null: somebody added it without a schedule. */
  readonly scheduleId: number | null;
  /** The schedule's. */
  readonly name: string;
  readonly signal: AbortSignal;
  progress(current: number, total: number, message: string): void;
  log(line: string): void;
  /** What its user should know; such a run stays on the list. */
  warn(sentence: string): void;
}

export interface UpkeepResult {
  /** What was done, as the list shows it. */
  readonly message: string;
  /** Nothing that anybody wants to know: it takes the place of the runs before it that said the same. */
  readonly isQuiet: boolean;
}

export type Upkeep = (run: UpkeepRun, parts: UpkeepParts) => Promise<UpkeepResult>;
