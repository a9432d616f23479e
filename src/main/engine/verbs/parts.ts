/** What the contract's methods are made from. Each file of this folder takes it and gives some of the methods. */
import type { EngineStatus } from '../../../shared/contract.ts';
import type { SettingName, Settings } from '../../../shared/settings.ts';
import type { Changes } from '../changes.ts';
import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';
import type { Feed } from '../feed.ts';
import type { Leftovers } from '../leftovers.ts';
import type { LocatedPaths } from '../located-paths.ts';
import type { Recipes } from '../recipes.ts';
import type { Rehearsals } from '../rehearsal.ts';
import type { OwnRecipes } from '../recipes/own-recipes.ts';
import type { QueueGates } from '../scheduler/queue-gates.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { Schedules } from '../schedules/schedules.ts';
import type { Store } from '../store/store.ts';
import type { TaskLogs } from '../task-log.ts';
import type { WatchControl } from '../watches/control.ts';

export interface VerbParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: Events;
  /** Tell it of every task that a method changed, after the commit. */
  readonly changes: Changes;
  readonly feed: Feed;
  readonly logs: TaskLogs;
  readonly recipes: Recipes;
  readonly ownRecipes: OwnRecipes;
  /** Null in an engine that only takes commands. */
  readonly rehearsals: Rehearsals | null;
  /** All settings as they are now: what was chosen, else the default. */
  readonly settings: () => Settings;
  readonly queueGates: QueueGates;
  /** Null in an engine that only takes commands. */
  readonly scheduler: Scheduler | null;
  /** Null in an engine that fires none. */
  readonly schedules: Schedules | null;
  /** Null in an engine that watches no folders. */
  readonly watches: WatchControl | null;
  readonly leftovers: Leftovers;
  /** Names this data folder. */
  readonly storeId: string;
  /** Null in an engine that only takes commands: it may have been started without looking for tools. */
  readonly tools: LocatedPaths | null;
  /** Absolute path of the data folder. */
  readonly dataDir: string;
  /** New work or changed conditions. */
  readonly onWork: () => void;
  /** A setting was stored. */
  readonly onSetting: (name: SettingName, value: string | null) => void;
  readonly status: () => Promise<EngineStatus>;
}
