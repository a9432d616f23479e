/**
 * What crosses between the store's two halves: its client on the caller's thread and its operations on the store's own.
 * JSON columns cross as text, so that each is encoded and parsed once, by the client.
 */
import * as z from 'zod';
import type { Recovery } from '../../../shared/backup-contract.ts';
import type { TaskErrorShape } from '../../../shared/errors.ts';
import type { NewGroup } from '../../../shared/new-task.ts';
import type { DependencyMode, Estimate, GroupId, QueueName, TaskId, TaskStatus } from '../../../shared/task.ts';
import type { PackedRow } from './packed-row.ts';
import { SCHEDULE_READS, type ScheduleOperations } from './schedule-operations.ts';
import type { AttemptEnd, ClaimRates, Fence, GroupCommand, GroupTouched, Light, ListFilter, LogLine, ProgressUpdate, RatedInput, ToolProcess } from './store.ts';
import type { ImportOperations } from './task-store-imports.ts';
import type { ScanOperations } from './task-store-scans.ts';
import { WATCH_READS, type WatchOperations } from './watch-operations.ts';

/** A TaskDraft, packed: type, recipe, queue, priority, inputs (JSON), outputDir, options (JSON), maxRetries, dependsOn, runAt, more, suffix. */
export type PackedDraft = readonly [
  type: string, recipe: string, queue: string, priority: number, inputs: string, outputDir: string | null, options: string,
  maxRetries: number, dependsOn: readonly TaskId[], runAt: number | null, more: PackedMore | null, suffix?: string | null,
];

/** A DraftMore, complete. tier: its level. notify: JSON. */
export interface PackedMore {
  readonly dependencyMode: DependencyMode;
  readonly parentTaskId: TaskId | null;
  readonly groupId: GroupId | null;
  readonly owner: string | null;
  readonly tier: number;
  readonly documentId: string | null;
  readonly project: string | null;
  readonly notify: string;
  readonly rateKey: string | null;
  readonly retryDelayMs: number | null;
  readonly softLimitSeconds: number | null;
  readonly hardLimitSeconds: number | null;
  readonly scheduleId: number | null;
  readonly scheduledFor: number | null;
  readonly after: readonly number[];
  readonly sources: readonly PackedSource[];
  readonly newGroup: number | null;
  readonly uniqueKey: string | null;
  readonly uniqueSince: number;
}

/** option: empty for the input. from: a stored task; else the task at this place of the call. */
export interface PackedSource {
  readonly option: string;
  readonly from: TaskId | null;
  readonly place: number | null;
  readonly extension: string;
}

/** What came of a draft: of a duplicate, the task that was there. */
export type InsertedRow = readonly [id: TaskId, status: TaskStatus, groupId: GroupId | null, isDuplicate: boolean];

/** inputs, outputs and error: JSON. */
export type DependencyRow = readonly [id: TaskId, type: string, recipe: string, status: string, inputs: string, outputs: string, durationMs: number, error: string | null];

export interface ClaimInput {
  readonly queue: QueueName;
  readonly limit: number;
  readonly leaseOwner: string;
  readonly leaseUntil: number;
  readonly now: number;
  /** Null: any task. */
  readonly only?: readonly TaskId[] | null;
  /** Ends the claim before the first task that needs more than this, or perhaps does. */
  readonly light?: Light | null;
}

/** inputs and estimate: JSON. */
export interface CandidateRow {
  readonly id: TaskId;
  readonly type: string;
  readonly recipe: string;
  readonly inputs: string;
  readonly outputDir: string | null;
  readonly estimate: string | null;
}

/** plan, part and intent: JSON. */
export interface ClaimedRow {
  readonly task: PackedRow;
  readonly plan: string | null;
  readonly parts: readonly (readonly [index: number, part: string])[];
  readonly intent: string | null;
  readonly dependencies: readonly DependencyRow[];
  readonly groupName: string | null;
  readonly suffix: string | null;
  /** Names a file that a dependency was to make and did not. */
  readonly missing: string | null;
}

/** How an attempt ended, with JSON as text. */
export interface PackedEnd extends Omit<AttemptEnd, 'warnings' | 'worker'> {
  readonly warnings: string;
  readonly worker: string | null;
}

interface ConsequenceRows {
  readonly broken: readonly PackedRow[];
  readonly others: readonly PackedRow[];
}

export type TouchedRows = readonly ({ readonly task: PackedRow; readonly didChange: boolean } & ConsequenceRows)[];
export type EndedRow = ({ readonly task: PackedRow } & ConsequenceRows) | null;

/** A group with the sums that its progress and counts are made from, one entry per status that any member has. */
export interface GroupRow {
  readonly id: GroupId;
  readonly name: string;
  readonly onFailure: string;
  readonly stoppedAt: number | null;
  readonly createdAt: number;
  readonly members: readonly GroupMembersRow[];
}

/** Members of one status. seconds: estimated, of those of which it is known; doneSeconds: by their progress. The same as counts of tasks for the others. */
export interface GroupMembersRow {
  readonly status: string;
  readonly tasks: number;
  readonly seconds: number;
  readonly doneSeconds: number;
  readonly unknown: number;
  readonly doneUnknown: number;
}

/** A TaskSummary's values in the order of its columns in task-store-summaries.ts; results.ts names and checks them. */
export type SummaryRow = readonly unknown[];

/** One method per method of Store, by the same names. All of them run synchronously inside the batch's transaction. */
export interface Operations extends ScheduleOperations<PackedDraft>, WatchOperations<PackedDraft>, ImportOperations, ScanOperations {
  insertTasks(drafts: readonly PackedDraft[], now: number, groups?: readonly Required<NewGroup>[]): readonly InsertedRow[];
  claim(input: ClaimInput): readonly ClaimedRow[];
  letThrough(input: RatedInput): { readonly ids: readonly TaskId[]; readonly nextAt: number | null };
  claimRated(input: ClaimInput & { rates: ClaimRates }): { readonly claimed: readonly ClaimedRow[]; readonly nextAt: number | null };
  stage(now: number, setBackMs: number): { readonly staged: readonly TaskId[]; readonly nextAt: number | null };
  rescue(input: { leaseOwner: string; now: number }): readonly PackedRow[];

  saveProgress(updates: readonly ProgressUpdate[], now: number): null;
  saveEstimate(id: TaskId, estimate: Estimate, now: number): PackedRow | null;
  leaveUnestimated(ids: readonly TaskId[]): null;
  savePlan(input: Fence & { plan: string; partsTotal: number; now: number }): boolean;
  savePart(input: Fence & { index: number; part: string; now: number }): boolean;
  saveDocument(input: Fence & { document: string; now: number }): boolean;
  saveIntent(input: Fence & { outputs: string | null; now: number }): boolean;

  complete(input: PackedEnd & { outputs: string; message: string; pace: number | null }): { readonly released: readonly TaskId[] } | null;
  fail(input: PackedEnd & { error: TaskErrorShape; retryAt: number | null; spendsRetry: boolean }): EndedRow;
  release(input: PackedEnd & { reason: string | null; hasBegun: boolean }): EndedRow;
  lose(input: PackedEnd & { error: TaskErrorShape; poisonAfter: number }): EndedRow;

  pause(ids: readonly TaskId[], now: number): TouchedRows;
  resume(ids: readonly TaskId[], now: number): TouchedRows;
  cancel(ids: readonly TaskId[], now: number): TouchedRows;
  retry(ids: readonly TaskId[], now: number): TouchedRows;
  remove(ids: readonly TaskId[], now: number): TouchedRows;
  restore(ids: readonly TaskId[], now: number): TouchedRows;
  prioritise(ids: readonly TaskId[], priority: number, now: number): TouchedRows;
  changeGroup(input: { id: GroupId; command: GroupCommand; priority?: number; now: number }): GroupTouched;
  groups(page: { limit: number; offset: number }): { readonly groups: readonly GroupRow[]; readonly total: number };
  group(id: GroupId): GroupRow | null;

  moveTasks(ids: readonly TaskId[], before: TaskId | null, now: number): { readonly touched: TouchedRows; readonly others: readonly TaskId[] };
  editDocument(input: { id: TaskId; baseRevision: number; document: string; now: number }): number | null;

  get(id: TaskId): PackedRow | null;
  getMany(ids: readonly TaskId[]): readonly PackedRow[];
  summaries(page: { before: TaskId | null; limit: number }): readonly SummaryRow[];
  head(queue: QueueName, only: readonly TaskId[] | null): { readonly inputs: string; readonly outputDir: string | null } | null;
  attempts(id: TaskId): readonly { readonly attempt: number; readonly endedAt: number; readonly durationMs: number; readonly outcome: string; readonly error: string | null; readonly worker: string | null }[];
  document(id: TaskId): { readonly document: string; readonly revision: number } | null;
  partsOf(id: TaskId): { readonly plan: string; readonly parts: readonly (readonly [index: number, part: string])[] } | null;
  list(filter: ListFilter): { readonly tasks: readonly PackedRow[]; readonly total: number };
  listIds(filter: ListFilter): { readonly ids: readonly TaskId[]; readonly total: number };
  causes(filter: ListFilter): readonly { readonly code: string | null; readonly tasks: number }[];
  counts(): Record<TaskStatus, number>;
  settledAmong(ids: readonly TaskId[]): readonly TaskId[];
  pace(recipe: string): number | null;
  withoutEstimate(limit: number): readonly PackedRow[];

  candidates(queue: QueueName, only: readonly TaskId[] | null, limit: number): readonly CandidateRow[];
  addResourceUse(use: { id: TaskId; memoryBytes: number; tempBytes: number; processorShare: number | null; now: number }): null;
  resourceUse(recipe: string): { readonly memoryRatio: number | null; readonly tempRatio: number | null; readonly processors: number | null };
  expireParts(input: { before: number; limit: number; sentence: string; now: number }): readonly TaskId[];
  draftsInUse(ids: readonly TaskId[]): readonly TaskId[];

  appendLog(lines: readonly LogLine[]): null;
  readLog(id: TaskId, count: number, attempt: number | null): readonly (readonly [at: number, line: string])[];

  addTool(tool: ToolProcess): null;
  removeTool(tool: ToolProcess): null;
  listTools(): readonly ToolProcess[];

  getSettings(): Record<string, string>;
  setSetting(name: string, value: string | null): null;
}

export type Method = keyof Operations;

/** Methods that change nothing: alone they need no commit, and they are answered even when a commit fails. */
export const READS: ReadonlySet<Method> = new Set<Method>(['letThrough', 'get', 'getMany', 'list', 'listIds', 'causes', 'scan', 'scanCauses', 'scanFolders', 'summaries', 'head', 'attempts', 'document', 'groups', 'group', 'partsOf', 'counts', 'settledAmong', 'pace', 'withoutEstimate', 'candidates', 'resourceUse', 'draftsInUse', 'readLog', 'listTools', 'getSettings', ...SCHEDULE_READS, ...WATCH_READS]);

/** One call, numbered by its client. */
export interface Call<M extends Method = Method> {
  readonly id: number;
  readonly method: M;
  readonly args: Parameters<Operations[M]>;
}

/** Its answer: a value, or why there is none. */
export type Reply = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: TaskErrorShape };

/** What the client posts: calls to make, or (once, as the last) the word to close. */
export type ToThread = readonly Call[] | 'close' | Still;

/** From isStill on until it is taken back, no commit writes to the database's file; answered with a descriptor to read it by. */
export interface Still {
  readonly id: number;
  readonly isStill: boolean;
  /** The copy was found damaged, and so is what it was made from. */
  readonly isDamaged: boolean;
}

/** What the thread posts: first opened or refused, then answers. */
export type FromThread =
  | { readonly kind: 'opened'; readonly recovery: Recovery | null }
  | { readonly kind: 'refused'; readonly error: TaskErrorShape }
  | { readonly kind: 'replies'; readonly replies: readonly Reply[] };

/** What the thread is started with. bell: one Int32, raised and notified after each message to the thread. */
export const threadData = z.object({ dir: z.string(), now: z.number(), bell: z.instanceof(SharedArrayBuffer) });
export type ThreadData = z.infer<typeof threadData>;
