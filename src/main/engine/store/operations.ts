/**
 * What crosses between the store's two halves: its client on the caller's thread and its operations on the store's own.
 * JSON columns cross as text, so that each is encoded and parsed once, by the client.
 */
import * as z from 'zod';
import type { TaskErrorShape } from '../../../shared/errors.ts';
import type { Estimate, QueueName, TaskId, TaskStatus } from '../../../shared/task.ts';
import type { PackedRow, TaskRow } from './row.ts';
import type { AttemptEnd, Fence, ListFilter, LogLine, ProgressUpdate, ToolProcess } from './store.ts';

/** A TaskDraft, packed: type, recipe, queue, priority, inputs (JSON), outputDir, options (JSON), maxRetries, dependsOn, runAt. */
export type PackedDraft = readonly [
  type: string, recipe: string, queue: string, priority: number, inputs: string, outputDir: string | null, options: string,
  maxRetries: number, dependsOn: readonly TaskId[], runAt: number | null,
];

export interface ClaimInput {
  readonly queue: QueueName;
  readonly limit: number;
  readonly leaseOwner: string;
  readonly leaseUntil: number;
  readonly now: number;
  /** Null: any task. */
  readonly only?: readonly TaskId[] | null;
}

/** plan, part and intent: JSON. */
export interface ClaimedRow {
  readonly task: PackedRow;
  readonly plan: string | null;
  readonly parts: readonly (readonly [index: number, part: string])[];
  readonly intent: string | null;
}

/** How an attempt ended, with JSON as text. */
export interface PackedEnd extends Omit<AttemptEnd, 'warnings'> {
  readonly warnings: string;
}

export type TouchedRows = readonly { readonly task: TaskRow; readonly didChange: boolean; readonly broken: readonly TaskRow[] }[];
export type EndedRow = { readonly task: TaskRow; readonly broken: readonly TaskRow[] } | null;

/** A TaskSummary's values in the order of its columns in task-store-summaries.ts; results.ts names and checks them. */
export type SummaryRow = readonly unknown[];

/** One method per method of Store, by the same names. All of them run synchronously inside the batch's transaction. */
export interface Operations {
  insertTasks(drafts: readonly PackedDraft[], now: number): readonly (readonly [id: TaskId, status: TaskStatus])[];
  claim(input: ClaimInput): readonly ClaimedRow[];
  stage(now: number): { readonly staged: readonly TaskId[]; readonly nextAt: number | null };
  rescue(input: { leaseOwner: string; now: number }): readonly TaskRow[];

  saveProgress(updates: readonly ProgressUpdate[], now: number): null;
  saveEstimate(id: TaskId, estimate: Estimate, now: number): TaskRow | null;
  savePlan(input: Fence & { plan: string; partsTotal: number; now: number }): boolean;
  savePart(input: Fence & { index: number; part: string; now: number }): boolean;
  saveDocument(input: Fence & { document: string; now: number }): boolean;
  saveIntent(input: Fence & { outputs: string | null; now: number }): boolean;

  complete(input: PackedEnd & { outputs: string; message: string; pace: number | null }): { readonly released: readonly TaskId[] } | null;
  fail(input: PackedEnd & { error: TaskErrorShape; retryAt: number | null }): EndedRow;
  release(input: PackedEnd & { reason: string | null; hasBegun: boolean }): EndedRow;
  lose(input: PackedEnd & { error: TaskErrorShape; poisonAfter: number }): EndedRow;

  pause(ids: readonly TaskId[], now: number): TouchedRows;
  resume(ids: readonly TaskId[], now: number): TouchedRows;
  cancel(ids: readonly TaskId[], now: number): TouchedRows;
  retry(ids: readonly TaskId[], now: number): TouchedRows;
  remove(ids: readonly TaskId[], now: number): TouchedRows;
  prioritise(ids: readonly TaskId[], priority: number, now: number): TouchedRows;

  moveTasks(ids: readonly TaskId[], before: TaskId | null, now: number): { readonly touched: TouchedRows; readonly others: readonly TaskId[] };
  editDocument(input: { id: TaskId; baseRevision: number; document: string; now: number }): number | null;

  get(id: TaskId): TaskRow | null;
  getMany(ids: readonly TaskId[]): readonly PackedRow[];
  summaries(page: { before: TaskId | null; limit: number }): readonly SummaryRow[];
  head(queue: QueueName, only: readonly TaskId[] | null): { readonly inputs: string; readonly outputDir: string | null } | null;
  attempts(id: TaskId): readonly { readonly attempt: number; readonly endedAt: number; readonly durationMs: number; readonly outcome: string; readonly error: string | null }[];
  document(id: TaskId): { readonly document: string; readonly revision: number } | null;
  partsOf(id: TaskId): { readonly plan: string; readonly parts: readonly (readonly [index: number, part: string])[] } | null;
  list(filter: ListFilter): { readonly tasks: readonly TaskRow[]; readonly total: number };
  counts(): Record<TaskStatus, number>;
  settledAmong(ids: readonly TaskId[]): readonly TaskId[];
  pace(recipe: string): number | null;
  withoutEstimate(limit: number): readonly TaskRow[];

  appendLog(lines: readonly LogLine[]): null;
  readLog(id: TaskId, count: number): readonly (readonly [at: number, line: string])[];

  addTool(tool: ToolProcess): null;
  removeTool(tool: ToolProcess): null;
  listTools(): readonly ToolProcess[];

  getSettings(): Record<string, string>;
  setSetting(name: string, value: string | null): null;
}

export type Method = keyof Operations;

/** Methods that change nothing: alone they need no commit, and they are answered even when a commit fails. */
export const READS: ReadonlySet<Method> = new Set<Method>(['get', 'getMany', 'list', 'summaries', 'head', 'attempts', 'document', 'partsOf', 'counts', 'settledAmong', 'pace', 'withoutEstimate', 'readLog', 'listTools', 'getSettings']);

/** One call, numbered by its client. */
export interface Call<M extends Method = Method> {
  readonly id: number;
  readonly method: M;
  readonly args: Parameters<Operations[M]>;
}

/** Its answer: a value, or why there is none. */
export type Reply = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: TaskErrorShape };

/** What the client posts: calls to make, or (once, as the last) the word to close. */
export type ToThread = readonly Call[] | 'close';

/** What the thread posts: first opened or refused, then answers. */
export type FromThread =
  | { readonly kind: 'opened' }
  | { readonly kind: 'refused'; readonly error: TaskErrorShape }
  | { readonly kind: 'replies'; readonly replies: readonly Reply[] };

/** What the thread is started with. bell: one Int32, raised and notified after each message to the thread. */
export const threadData = z.object({ dir: z.string(), now: z.number(), bell: z.instanceof(SharedArrayBuffer) });
export type ThreadData = z.infer<typeof threadData>;
