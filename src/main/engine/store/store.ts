/**
 * What the engine asks of its store. Every promise settles after the commit (FULL durability), and all calls that are in
 * flight share one. All times are epoch milliseconds and are given by the caller; the store has no clock.
 */
import type * as z from 'zod';
import type { ErrorCode, TaskErrorShape } from '../../../shared/errors.ts';
import type { listPage, taskFilter } from '../../../shared/list-contract.ts';
import type { AttemptRecord, TaskBrief } from '../../../shared/contract.ts';
import type { DependencyResult } from '../../../shared/dependency-result.ts';
import type { TaskGroup } from '../../../shared/group-contract.ts';
import type { NewGroup } from '../../../shared/new-task.ts';
import type { Rate } from '../../../shared/queue-contract.ts';
import type { TaskSummary } from '../../../shared/summary.ts';
import type { DependencyMode, Estimate, GroupId, Output, QueueName, Task, TaskId, TaskStatus, TaskType, Tier } from '../../../shared/task.ts';
import type { BackupStore } from './backup-store.ts';
import type { ScheduleStore } from './schedule-operations.ts';
import type { WatchStore } from './watch-operations.ts';

/** A task that is ready to be inserted: options complete and validated. */
export interface TaskDraft {
  readonly type: TaskType;
  readonly recipe: string;
  readonly queue: QueueName;
  readonly priority: number;
  readonly inputs: readonly string[];
  readonly outputDir: string | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly maxRetries: number;
  readonly dependsOn: readonly TaskId[];
  readonly runAt: number | null;
  /** What goes between the input's name and the ending of the output; left out: what the recipe says when it runs. */
  readonly suffix?: string;
  /** What most tasks have nothing of. */
  readonly more?: DraftMore;
}

/** The fields of a task by the same names; what is left out is null, empty or the first of its kind. */
export interface DraftMore {
  readonly dependencyMode?: DependencyMode;
  readonly parentTaskId?: TaskId | null;
  readonly groupId?: GroupId | null;
  readonly owner?: string | null;
  readonly tier?: Tier;
  readonly documentId?: string | null;
  readonly project?: string | null;
  readonly notify?: readonly string[];
  readonly rateKey?: string | null;
  readonly retryDelayMs?: number | null;
  readonly softLimitSeconds?: number | null;
  readonly hardLimitSeconds?: number | null;
  readonly scheduleId?: number | null;
  readonly scheduledFor?: number | null;
  /** Tasks of the same call that it depends on too, by their place there; each stands before it. */
  readonly after?: readonly number[];
  /** What it takes of tasks it depends on: their output with this ending becomes its input (option null) or an option. By id, or by place in the call. */
  readonly sources?: readonly { readonly option: string | null; readonly from: TaskId | null; readonly place: number | null; readonly extension: string }[];
  /** Of the groups given with the same call: the one it is to be in, by its place there. Made when its first member is inserted. */
  readonly newGroup?: number | null;
  /** Where a task with this key was created at `since` or later and has not failed, been cancelled or removed, that one is answered and nothing is inserted. */
  readonly unique?: { readonly key: string; readonly since: number } | null;
}

/** Names one attempt. Only its holder may write to the task: every fenced call checks all three against the row. */
export interface Fence {
  readonly id: TaskId;
  readonly leaseOwner: string;
  readonly attempt: number;
}

/** One file of a publish intent: written down before the rename, so that the gap between the two can be closed after a kill. */
export interface IntendedOutput extends Output {
  readonly tempPath: string;
}

/** A claimed task with all that its attempt needs to go on where the last one stood. */
export interface Claimed {
  readonly task: Task;
  /** As stored by savePlan, unparsed: the handler's schema decides. Undefined: none. */
  readonly plan: unknown;
  readonly parts: readonly { readonly index: number; readonly part: unknown }[];
  readonly intent: readonly IntendedOutput[] | null;
  /** The tasks it waited for, as they ended, by id. */
  readonly dependencies: readonly DependencyResult[];
  /** The group of a task that waited for others, else theirs; null: none. */
  readonly groupName: string | null;
  /** Kept from its recipe; null: the task is older than that. */
  readonly suffix: string | null;
  /** Names a file that a dependency was to make and did not; null: all are there. */
  readonly missing: string | null;
}

export interface ProgressUpdate extends Fence {
  readonly progress: number;
  readonly progressCurrent: number;
  readonly progressTotal: number;
  readonly message: string;
  readonly leaseUntil: number;
  /** Time spent in this attempt so far is added when it ends, not here. */
}

/** How an attempt ended. durationMs is what it took; warnings replace the task's. */
export interface AttemptEnd extends Fence {
  readonly now: number;
  readonly durationMs: number;
  readonly warnings: readonly string[];
  /** The process id of the worker that made it, or where it ran. */
  readonly worker?: string | null;
}

/** Lists that nobody may change. */
type ReadonlyLists<T> = { readonly [K in keyof T]: T[K] extends readonly (infer Entry)[] | undefined ? readonly Entry[] | undefined : T[K] };

/** As the contract's taskFilter and listPage say; limit and offset are always given. */
export type ListFilter = ReadonlyLists<z.input<typeof taskFilter> & Omit<z.input<typeof listPage>, 'limit' | 'offset'>> & { readonly limit: number; readonly offset: number };

/** Limits that a claim keeps. keys: by rateKey; `*`: for each key without one of its own. */
export interface ClaimRates {
  readonly queue: Rate | null;
  readonly keys: Readonly<Record<string, Rate>>;
}

/** What rates are asked about. */
export interface RatedInput {
  readonly queue: QueueName;
  readonly limit: number;
  readonly now: number;
  readonly only?: readonly TaskId[] | null;
  readonly rates: ClaimRates;
}

/** A tool (FFmpeg, whisper-cli) that a worker started: enough to know it again after a crash, and nothing else by the same pid. */
export interface ToolProcess {
  readonly pid: number;
  /** The operating system's own start stamp of that pid, as text. */
  readonly startStamp: string;
}

/**
 * What else changed in the same transaction. broken: tasks that failed because they depend on this one. others: those that its end freed,
 * those that their group's policy paused, cancelled or (status running, stopRequested) wants to stop, and those that a retry made wait again.
 */
export interface Consequences {
  readonly broken: readonly Task[];
  readonly others: readonly Task[];
}

/** What a user's command did to each task it named, in the order of the ids. */
export type Touched = readonly ({ readonly task: Task; readonly didChange: boolean } & Consequences)[];

/** How an attempt's end left its task. */
export type Ended = { readonly task: Task } & Consequences;

/** What reaches every member of a group. */
export type GroupCommand = 'pause' | 'resume' | 'cancel' | 'retry' | 'prioritise';

/** What a command did to the members of a group. */
export interface GroupTouched {
  /** Members that changed, as they are now. */
  readonly tasks: readonly Pick<Task, 'id' | 'type' | 'status' | 'stopRequested' | 'attempt'>[];
  /** Tasks that changed with them. */
  readonly others: readonly TaskId[];
}

/** What a task needs at most that is claimed without a look at the machine. isUnknownLight: whether one without an estimate counts as such. */
export interface Light {
  readonly memoryBytes: number;
  readonly tempBytes: number;
  readonly isUnknownLight: boolean;
}

/** A pending task as far as it matters for whether it fits. */
export interface WaitingTask {
  readonly id: TaskId;
  readonly type: TaskType;
  readonly recipe: string;
  readonly outputDir: string | null;
  readonly estimate: Estimate | null;
}

/** One line of a task's log; at: epoch milliseconds. attempt: whose line it is; null: the engine's own. */
export type LogLine = readonly [id: TaskId, at: number, line: string, attempt?: number | null];

export interface Store extends ScheduleStore<TaskDraft>, WatchStore<TaskDraft>, BackupStore {
  /** All of them or none. groups: those that newGroup names. */
  insertTasks(drafts: readonly TaskDraft[], now: number, groups?: readonly Required<NewGroup>[]): Promise<readonly TaskBrief[]>;
  /** First tasks of a queue by order key; of `only` where that is given. They are running, with attempt + 1, when this settles. */
  claim(input: { queue: QueueName; limit: number; leaseOwner: string; leaseUntil: number; now: number; only?: readonly TaskId[] | null; light?: Light | null }): Promise<readonly Claimed[]>;
  /**
   * The same under rate limits, which are kept with the claim: a task whose key has nothing left is passed over, and so are thousands of them.
   * nextAt: when the first that was passed over may be tried again; null: none was.
   */
  claimRated(input: Parameters<Store['claim']>[0] & { rates: ClaimRates }): Promise<{ claimed: readonly Claimed[]; nextAt: number | null }>;
  /** Which tasks claimRated would take now; nothing is claimed or spent. */
  letThrough(input: RatedInput): Promise<{ ids: readonly TaskId[]; nextAt: number | null }>;
  /** Moves what is due to pending, at most a thousand at once. nextAt: when the next waiting or retrying task comes due (not after now: call again); null: none. */
  stage(now: number, setBackMs?: number): Promise<{ staged: readonly TaskId[]; nextAt: number | null }>;
  /** Every running task whose lease is not one of `leaseOwner`'s goes back to pending (or to what its stop request says). */
  rescue(input: { leaseOwner: string; now: number }): Promise<readonly Task[]>;

  /** Progress of many tasks in one commit; stale fences are skipped. */
  saveProgress(updates: readonly ProgressUpdate[], now: number): Promise<void>;
  saveEstimate(id: TaskId, estimate: Estimate, now: number): Promise<Task | null>;
  /** Of these nothing can be said before they run: withoutEstimate does not give them again. */
  leaveUnestimated(ids: readonly TaskId[]): Promise<void>;
  /** False: the fence is stale, nothing was written, the attempt must stop. */
  savePlan(input: Fence & { plan: unknown; partsTotal: number; now: number }): Promise<boolean>;
  savePart(input: Fence & { index: number; part: unknown; now: number }): Promise<boolean>;
  /** Keeps what the result can be looked at and edited as; it takes the place of an older one, with one more revision. */
  saveDocument(input: Fence & { document: unknown; now: number }): Promise<boolean>;
  saveIntent(input: Fence & { outputs: readonly IntendedOutput[] | null; now: number }): Promise<boolean>;

  /**
   * Null: the fence is stale. released: dependants that became pending, or wait for nothing but their time now. pace: work seconds per media second, remembered by recipe.
   * The whole task is not read back: most callers have no use for it, and it would cost as much as the completion.
   */
  complete(input: AttemptEnd & { outputs: readonly Output[]; message: string; pace: number | null }): Promise<{ released: readonly TaskId[] } | null>;
  /**
   * retryAt null: no retry, the task is failed and its dependants with it (broken). A wish to stop that is on the row is granted instead of a
   * backoff. spendsRetry false: it does not count among the failures.
   */
  fail(input: AttemptEnd & { error: TaskErrorShape; retryAt: number | null; spendsRetry?: boolean }): Promise<Ended | null>;
  /**
   * Stopped on request or interrupted: by the row's stopRequested it becomes paused, cancelled, removed or, with none, pending. reason: the
   * new message; null: the old one stays. hasBegun false: it was claimed ahead only, and its history does not tell of it.
   */
  release(input: AttemptEnd & { reason: string | null; hasBegun?: boolean }): Promise<Ended | null>;
  /** The worker died or was given up: workerLosses + 1; from `poisonAfter` on the task is failed. */
  lose(input: AttemptEnd & { error: TaskErrorShape; poisonAfter: number }): Promise<Ended | null>;

  /** Running ones get stopRequested (didChange true, status still running). Others change at once or, where the machine has no arrow, stay. */
  pause(ids: readonly TaskId[], now: number): Promise<Touched>;
  resume(ids: readonly TaskId[], now: number): Promise<Touched>;
  cancel(ids: readonly TaskId[], now: number): Promise<Touched>;
  retry(ids: readonly TaskId[], now: number): Promise<Touched>;
  remove(ids: readonly TaskId[], now: number): Promise<Touched>;
  /** Removed tasks are listed again, in the status they had; a wish to remove that its attempt has not granted yet is taken back. */
  restore(ids: readonly TaskId[], now: number): Promise<Touched>;
  prioritise(ids: readonly TaskId[], priority: number, now: number): Promise<Touched>;
  /** Every member of a group, in one transaction. Throws GROUP_UNKNOWN. */
  changeGroup(input: { id: GroupId; command: GroupCommand; priority?: number; now: number }): Promise<GroupTouched>;
  /** Newest first. */
  groups(page: { limit: number; offset: number }): Promise<{ groups: readonly TaskGroup[]; total: number }>;
  group(id: GroupId): Promise<TaskGroup | null>;

  /**
   * Puts pending tasks, in the order of ids, directly before another of their queue, or behind all of their queues (null). Others stay.
   * others: tasks whose order keys made room; their order among each other is what it was. Refuses when `before` is not pending.
   */
  moveTasks(ids: readonly TaskId[], before: TaskId | null, now: number): Promise<{ touched: Touched; others: readonly TaskId[] }>;
  /** The new revision; null: baseRevision is not the newest, and nothing was kept. */
  editDocument(input: { id: TaskId; baseRevision: number; document: unknown; now: number }): Promise<number | null>;

  get(id: TaskId): Promise<Task | null>;
  /** In the order of the ids, removed ones too; unknown ones are left out. */
  getMany(ids: readonly TaskId[]): Promise<readonly Task[]>;
  /** Listed tasks, newest first, from below the id `before`. */
  summaries(page: { before: TaskId | null; limit: number }): Promise<TaskSummary[]>;
  /** The folder that the queue's first pending task (of `only`) writes to; null: there is none. */
  head(queue: QueueName, only: readonly TaskId[] | null): Promise<{ outputDir: string } | null>;
  /** Past attempts, newest first. */
  attempts(id: TaskId): Promise<AttemptRecord[]>;
  /** What saveDocument kept and editDocument changed since. The first revision is 1. */
  document(id: TaskId): Promise<{ document: unknown; revision: number } | null>;
  /** The checkpoint as it stands, unparsed: the handler's schemas decide. */
  partsOf(id: TaskId): Promise<{ plan: unknown; parts: readonly { readonly index: number; readonly part: unknown }[] } | null>;
  list(filter: ListFilter): Promise<{ tasks: readonly Task[]; total: number }>;
  /** The same page as ids alone. */
  listIds(filter: ListFilter): Promise<{ ids: readonly TaskId[]; total: number }>;
  /** How many of all that match failed for which reason, the most frequent first; code null: it can't be read. limit and offset count for nothing. */
  causes(filter: ListFilter): Promise<{ code: ErrorCode | null; tasks: number }[]>;
  counts(): Promise<Record<TaskStatus, number>>;
  /** Those among the ids whose folder of parts may go: completed, removed, or cancelled without a checkpoint that a retry would go on from. */
  settledAmong(ids: readonly TaskId[]): Promise<readonly TaskId[]>;
  /** Median of the last paces of a recipe; null: none yet. */
  pace(recipe: string): Promise<number | null>;
  /** Pending or waiting tasks that nobody has tried to estimate, first by order. */
  withoutEstimate(limit: number): Promise<readonly Task[]>;

  /** First pending tasks of a queue (of `only`), with what decides whether they fit. outputDir null: the inputs can't be read. */
  candidates(queue: QueueName, only: readonly TaskId[] | null, limit: number): Promise<readonly WaitingTask[]>;
  /** What an attempt took at most; the newest few of each recipe are kept. processorShare: cores kept busy, per core that it was given. */
  addResourceUse(use: { id: TaskId; memoryBytes: number; tempBytes: number; processorShare: number | null; now: number }): Promise<void>;
  /** Medians of used / estimated, and of the processor share; null: too few attempts yet. */
  resourceUse(recipe: string): Promise<{ memoryRatio: number | null; tempRatio: number | null; processors: number | null }>;
  /** Forgets the checkpoints of tasks that failed or were cancelled before that time, and says so in each. Their ids; as many as the limit: ask again. */
  expireParts(input: { before: number; limit: number; sentence: string; now: number }): Promise<readonly TaskId[]>;
  /** The folders that tasks which changed since then write to. */
  draftFolders(since: number): Promise<readonly string[]>;
  /** Those among the ids whose files under temporary names are still wanted: by an attempt to come or by one that was about to publish. */
  draftsInUse(ids: readonly TaskId[]): Promise<readonly TaskId[]>;

  /** Lines of tasks that are not there (any more) are dropped; of each task the newest few thousand are kept. */
  appendLog(lines: readonly LogLine[]): Promise<void>;
  /** The newest lines, oldest first; of one attempt where it is given. */
  readLog(id: TaskId, count: number, attempt?: number | null): Promise<readonly (readonly [at: number, line: string])[]>;

  addTool(tool: ToolProcess): Promise<void>;
  removeTool(tool: ToolProcess): Promise<void>;
  listTools(): Promise<readonly ToolProcess[]>;

  getSettings(): Promise<Record<string, string>>;
  setSetting(name: string, value: string | null): Promise<void>;

  /** Waits for everything in flight, closes the database and ends the thread; safe to call twice. */
  close(): Promise<void>;
}
