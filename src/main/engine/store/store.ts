/**
 * What the engine asks of its store. Every promise settles after the commit (FULL durability), and all calls that are in
 * flight share one. All times are epoch milliseconds and are given by the caller; the store has no clock.
 */
import type { TaskErrorShape } from '../../../shared/errors.ts';
import type { AttemptRecord, TaskBrief } from '../../../shared/contract.ts';
import type { TaskSummary } from '../../../shared/summary.ts';
import type { Estimate, Output, QueueName, Task, TaskId, TaskStatus, TaskType } from '../../../shared/task.ts';

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
}

export interface ListFilter {
  readonly status?: readonly TaskStatus[] | undefined;
  readonly type?: readonly TaskType[] | undefined;
  readonly ids?: readonly TaskId[] | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** A tool (FFmpeg, whisper-cli) that a worker started: enough to know it again after a crash, and nothing else by the same pid. */
export interface ToolProcess {
  readonly pid: number;
  /** The operating system's own start stamp of that pid, as text. */
  readonly startStamp: string;
}

/** What a user's command did to each task it named, in the order of the ids. broken: tasks that failed because they depend on it. */
export type Touched = readonly { readonly task: Task; readonly didChange: boolean; readonly broken: readonly Task[] }[];

/** One line of a task's log; at: epoch milliseconds. */
export type LogLine = readonly [id: TaskId, at: number, line: string];

export interface Store {
  insertTasks(drafts: readonly TaskDraft[], now: number): Promise<readonly TaskBrief[]>;
  /** First tasks of a queue by order key; of `only` where that is given. They are running, with attempt + 1, when this settles. */
  claim(input: { queue: QueueName; limit: number; leaseOwner: string; leaseUntil: number; now: number; only?: readonly TaskId[] | null }): Promise<readonly Claimed[]>;
  /** Moves what is due to pending, at most a thousand at once. nextAt: when the next waiting or retrying task comes due (not after now: call again); null: none. */
  stage(now: number): Promise<{ staged: readonly TaskId[]; nextAt: number | null }>;
  /** Every running task whose lease is not one of `leaseOwner`'s goes back to pending (or to what its stop request says). */
  rescue(input: { leaseOwner: string; now: number }): Promise<readonly Task[]>;

  /** Progress of many tasks in one commit; stale fences are skipped. */
  saveProgress(updates: readonly ProgressUpdate[], now: number): Promise<void>;
  saveEstimate(id: TaskId, estimate: Estimate, now: number): Promise<Task | null>;
  /** False: the fence is stale, nothing was written, the attempt must stop. */
  savePlan(input: Fence & { plan: unknown; partsTotal: number; now: number }): Promise<boolean>;
  savePart(input: Fence & { index: number; part: unknown; now: number }): Promise<boolean>;
  /** Keeps what the result can be looked at and edited as; it takes the place of an older one, with one more revision. */
  saveDocument(input: Fence & { document: unknown; now: number }): Promise<boolean>;
  saveIntent(input: Fence & { outputs: readonly IntendedOutput[] | null; now: number }): Promise<boolean>;

  /**
   * Null: the fence is stale. released: dependants that became pending. pace: work seconds per media second, remembered by recipe.
   * The whole task is not read back: most callers have no use for it, and it would cost as much as the completion.
   */
  complete(input: AttemptEnd & { outputs: readonly Output[]; message: string; pace: number | null }): Promise<{ released: readonly TaskId[] } | null>;
  /** retryAt null: no retry, the task is failed and its dependants with it (broken). A wish to stop that is on the row is granted instead of a backoff. */
  fail(input: AttemptEnd & { error: TaskErrorShape; retryAt: number | null }): Promise<{ task: Task; broken: readonly Task[] } | null>;
  /**
   * Stopped on request or interrupted: by the row's stopRequested it becomes paused, cancelled, removed or, with none, pending. reason: the
   * new message; null: the old one stays. hasBegun false: it was claimed ahead only, and its history does not tell of it.
   */
  release(input: AttemptEnd & { reason: string | null; hasBegun?: boolean }): Promise<{ task: Task; broken: readonly Task[] } | null>;
  /** The worker died or was given up: workerLosses + 1; from `poisonAfter` on the task is failed. */
  lose(input: AttemptEnd & { error: TaskErrorShape; poisonAfter: number }): Promise<{ task: Task; broken: readonly Task[] } | null>;

  /** Running ones get stopRequested (didChange true, status still running). Others change at once or, where the machine has no arrow, stay. */
  pause(ids: readonly TaskId[], now: number): Promise<Touched>;
  resume(ids: readonly TaskId[], now: number): Promise<Touched>;
  cancel(ids: readonly TaskId[], now: number): Promise<Touched>;
  retry(ids: readonly TaskId[], now: number): Promise<Touched>;
  remove(ids: readonly TaskId[], now: number): Promise<Touched>;
  prioritise(ids: readonly TaskId[], priority: number, now: number): Promise<Touched>;

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
  counts(): Promise<Record<TaskStatus, number>>;
  /** Those among the ids whose folder of parts may go: completed, removed, or cancelled without a checkpoint that a retry would go on from. */
  settledAmong(ids: readonly TaskId[]): Promise<readonly TaskId[]>;
  /** Median of the last paces of a recipe; null: none yet. */
  pace(recipe: string): Promise<number | null>;
  /** Pending or waiting tasks without an estimate, first by order. */
  withoutEstimate(limit: number): Promise<readonly Task[]>;

  /** Lines of tasks that are not there (any more) are dropped; of each task the newest few thousand are kept. */
  appendLog(lines: readonly LogLine[]): Promise<void>;
  /** The newest lines, oldest first. */
  readLog(id: TaskId, count: number): Promise<readonly (readonly [at: number, line: string])[]>;

  addTool(tool: ToolProcess): Promise<void>;
  removeTool(tool: ToolProcess): Promise<void>;
  listTools(): Promise<readonly ToolProcess[]>;

  getSettings(): Promise<Record<string, string>>;
  setSetting(name: string, value: string | null): Promise<void>;

  /** Waits for everything in flight, closes the database and ends the thread; safe to call twice. */
  close(): Promise<void>;
}
