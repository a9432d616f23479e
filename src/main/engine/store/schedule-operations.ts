/**
 * What schedules, their upkeep and the clean-up ask of the store: both halves of each call, as store.ts and operations.ts have them for tasks.
 * Draft: a task's draft, as it is at either half.
 */
import type { MaintenanceOptions } from '../../../shared/options.ts';
import type { MissedPolicy, PastTask, Schedule, Timing } from '../../../shared/schedule-contract.ts';
import type { TaskId } from '../../../shared/task.ts';

/** A schedule to be stored. */
export interface ScheduleDraft {
  readonly name: string;
  readonly isBuiltIn: boolean;
  readonly isEnabled: boolean;
  readonly timing: Timing;
  readonly action: MaintenanceOptions;
  readonly missed: MissedPolicy;
  readonly nextFor: number | null;
}

/** One occasion, or (draft null) nothing but the next time. */
export interface Firing<Draft> {
  readonly id: number;
  /** The next time as the caller knew it: another one means that somebody else was faster, and nothing is done. */
  readonly knownNextFor: number | null;
  readonly nextFor: number | null;
  readonly now: number;
  readonly draft: Draft | null;
}

/** fired: a new task. underWay: the one before is not over yet, so there is no other. done: this occasion was taken before. moved: only the next time. stale: nothing. */
export interface Fired {
  readonly kind: 'fired' | 'underWay' | 'done' | 'moved' | 'stale';
  readonly taskId: TaskId | null;
}

/** Where the clean-up stands: it goes through completed tasks and then cancelled ones by id, then through removed ones by the time of their removal. */
export interface PruneMark {
  readonly among: 'completed' | 'cancelled' | 'removed';
  /** Of the last removed task that was looked at; 0 among the others. */
  readonly deletedAt: number;
  /** Of the last task that was looked at; 0: before the first. */
  readonly id: number;
}

export interface Pruned {
  readonly removed: number;
  /** Those of them that were on the list. */
  readonly listed: TaskId[];
  /** Null: that was all. */
  readonly next: PruneMark | null;
  /** Bytes that got free within the database file, for what comes next. */
  readonly freedBytes: number;
}

/** The store's part for schedules. Each call is one transaction. */
export interface ScheduleStore<Draft> {
  listSchedules(): Promise<Schedule[]>;
  /** Null: there is one of that name. */
  addSchedule(draft: ScheduleDraft, now: number): Promise<number | null>;
  /** False: there is another one of that name, or this one is gone. */
  changeSchedule(id: number, draft: ScheduleDraft, now: number): Promise<boolean>;
  /** False: there is none, or it is a built-in one. */
  removeSchedule(id: number): Promise<boolean>;
  /** Inserts the occasion's task and stores the next time together; the draft names schedule and occasion. */
  fireSchedule(firing: Firing<Draft>): Promise<Fired>;
  /** A run that found nothing takes the place of those before it that found nothing either: they leave the list. */
  replaceQuietRuns(input: { scheduleId: number; exceptId: TaskId; message: string; now: number }): Promise<TaskId[]>;
  /**
   * One portion of the clean-up: removes completed and cancelled tasks, and failed ones that were taken off the list, that ended before
   * `before`, with all that belongs to them; what is still needed (open dependants, unfinished groups) stays. Works for about budgetMs.
   */
  pruneTasks(input: { before: number; after: PruneMark | null; budgetMs: number }): Promise<Pruned>;
  /** Rows and bytes of the history below an id, the newest of them, at most limit. */
  measureHistory(before: TaskId | null, limit: number): Promise<{ rows: { id: TaskId; bytes: number }[] }>;
  /** Forgets the oldest of the history up to an id, at most limit of them; how many. */
  trimHistory(upTo: TaskId, limit: number): Promise<number>;
  listHistory(before: TaskId | null, limit: number): Promise<PastTask[]>;
  /** Sets every quota of a period whose time has come back to nothing used; how many. */
  resetQuotas(input: { period: 'hour' | 'month'; now: number; resetAt: number }): Promise<number>;
  /** Whether a quota of that period is due. */
  hasDueQuota(period: 'hour' | 'month', now: number): Promise<boolean>;
  /** Listed tasks of Longhaul's own upkeep that are not settled, by status. */
  openUpkeep(): Promise<{ status: string; tasks: number }[]>;
  /** Tasks that run although their lease ended before a time. */
  staleLeases(before: number): Promise<TaskId[]>;
  /** Reads one table through as `PRAGMA quick_check` does; problems it found. Null: it is larger than limit rows and was left out. */
  checkTable(at: number, limit: number): Promise<{ table: string; tables: number; problems: string[] | null }>;
}

/** The same on the store's thread. JSON crosses as text. */
export interface ScheduleOperations<Draft> {
  listSchedules(): readonly unknown[];
  addSchedule(draft: PackedSchedule, now: number): number | null;
  changeSchedule(id: number, draft: PackedSchedule, now: number): boolean;
  removeSchedule(id: number): boolean;
  fireSchedule(firing: Firing<Draft>): Fired;
  replaceQuietRuns(input: { scheduleId: number; exceptId: TaskId; message: string; now: number }): readonly TaskId[];
  pruneTasks(input: { before: number; after: PruneMark | null; budgetMs: number }): Pruned;
  measureHistory(before: TaskId | null, limit: number): { readonly rows: readonly { readonly id: TaskId; readonly bytes: number }[] };
  trimHistory(upTo: TaskId, limit: number): number;
  listHistory(before: TaskId | null, limit: number): readonly unknown[];
  resetQuotas(input: { period: 'hour' | 'month'; now: number; resetAt: number }): number;
  hasDueQuota(period: 'hour' | 'month', now: number): boolean;
  openUpkeep(): readonly { readonly status: string; readonly tasks: number }[];
  staleLeases(before: number): readonly TaskId[];
  checkTable(at: number, limit: number): { readonly table: string; readonly tables: number; readonly problems: readonly string[] | null };
}

/** timing and action: JSON. */
export interface PackedSchedule extends Omit<ScheduleDraft, 'timing' | 'action'> {
  readonly timing: string;
  readonly action: string;
}

/** Those that change nothing. */
export const SCHEDULE_READS = ['listSchedules', 'measureHistory', 'listHistory', 'hasDueQuota', 'openUpkeep', 'staleLeases', 'checkTable'] as const satisfies readonly (keyof ScheduleOperations<unknown>)[];
