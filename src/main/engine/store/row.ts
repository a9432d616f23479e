/** A task as its row is read, and back from untrusted text to a Task. */
import * as z from 'zod';
import { taskErrorShape, type TaskErrorShape } from '../../../shared/errors.ts';
import { estimate, output, queueName, task, taskId, taskStatus, taskType, TIERS, type Task, type TaskType, type Tier } from '../../../shared/task.ts';

/** What a row of TASK_COLUMNS holds. JSON stays text until readTask. */
export const taskRow = z.object({
  id: taskId,
  type: taskType,
  recipe: z.string(),
  status: taskStatus,
  queue: queueName,
  priority: task.shape.priority,
  progress: task.shape.progress,
  progressCurrent: task.shape.progressCurrent,
  progressTotal: task.shape.progressTotal,
  message: z.string(),
  warnings: z.string(),
  inputs: z.string(),
  outputDir: z.string().nullable(),
  outputs: z.string(),
  options: z.string(),
  attempt: task.shape.attempt,
  failures: task.shape.failures,
  maxRetries: task.shape.maxRetries,
  workerLosses: task.shape.workerLosses,
  error: z.string().nullable(),
  lastError: z.string().nullable(),
  runAt: z.number().nullable(),
  leaseOwner: z.string().nullable(),
  leaseUntil: z.number().nullable(),
  stopRequested: task.shape.stopRequested,
  createdAt: z.number(),
  updatedAt: z.number(),
  startedAt: z.number().nullable(),
  completedAt: z.number().nullable(),
  durationMs: z.number(),
  estimate: z.string().nullable(),
  orderKey: task.shape.orderKey,
  deletedAt: z.number().nullable(),
  dependencyMode: task.shape.dependencyMode,
  parentTaskId: task.shape.parentTaskId,
  groupId: task.shape.groupId,
  owner: z.string().nullable(),
  tier: z.int().min(0).max(TIERS.length - 1),
  documentId: z.string().nullable(),
  project: z.string().nullable(),
  notify: z.string(),
  rateKey: z.string().nullable(),
  retryDelayMs: task.shape.retryDelayMs,
  softLimitSeconds: task.shape.softLimitSeconds,
  hardLimitSeconds: task.shape.hardLimitSeconds,
  scheduleId: task.shape.scheduleId,
  scheduledFor: z.number().nullable(),
  dependsOn: z.string(),
  partsTotal: z.number().nullable(),
  partsDone: z.number(),
});
export type TaskRow = z.infer<typeof taskRow>;

/** What each value of a row is in SQL, in the order in which the values of a packed row come. */
const EXPRESSIONS: Readonly<Record<keyof TaskRow, string>> = {
  id: 'task.id', type: 'task.type', recipe: 'task.recipe', status: 'task.status', queue: 'task.queue', priority: 'task.priority',
  progress: 'task.progress', progressCurrent: 'task.progress_current', progressTotal: 'task.progress_total',
  message: 'task.message', warnings: 'task.warnings', inputs: 'task.inputs', outputDir: 'task.output_dir',
  outputs: 'task.outputs', options: 'task.options', attempt: 'task.attempt', failures: 'task.failures',
  maxRetries: 'task.max_retries', workerLosses: 'task.worker_losses', error: 'task.error', lastError: 'task.last_error',
  runAt: 'task.run_at', leaseOwner: 'task.lease_owner', leaseUntil: 'task.lease_until', stopRequested: 'task.stop_requested',
  createdAt: 'task.created_at', updatedAt: 'task.updated_at', startedAt: 'task.started_at', completedAt: 'task.completed_at',
  durationMs: 'task.duration_ms', estimate: 'task.estimate', orderKey: 'task.order_key', deletedAt: 'task.deleted_at',
  dependencyMode: 'task.dependency_mode', parentTaskId: 'task.parent_id', groupId: 'task.group_id', owner: 'task.owner', tier: 'task.tier',
  documentId: 'task.document_id', project: 'task.project', notify: 'task.notify', rateKey: 'task.rate_key', retryDelayMs: 'task.retry_delay_ms',
  softLimitSeconds: 'task.soft_limit_seconds', hardLimitSeconds: 'task.hard_limit_seconds',
  scheduleId: 'task.schedule_id', scheduledFor: 'task.scheduled_for',
  dependsOn: '(SELECT JSON_GROUP_ARRAY(depends_on_id) FROM dependency WHERE dependency.task_id = task.id)',
  partsTotal: '(SELECT parts_total FROM checkpoint WHERE checkpoint.task_id = task.id)',
  partsDone: '(SELECT COUNT(*) FROM checkpoint_part WHERE checkpoint_part.task_id = task.id)',
};
const NAMES = Object.keys(EXPRESSIONS);

/** What a SELECT of whole tasks names. */
export const TASK_COLUMNS = Object.entries(EXPRESSIONS).map(([name, expression]) => `${expression} AS ${name}`).join(', ');

/** A row as a list of its values: where tasks go by the thousand, names would be most of what crosses between the threads. */
export type PackedRow = readonly unknown[];

/** Gives the values of a packed row their names back; it is checked as a taskRow afterwards. */
export function unpackRow(values: PackedRow): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let at = 0; at < NAMES.length; at += 1) row[NAMES[at] ?? ''] = values[at];
  return row;
}

/** Types that keep checkpoints; what the others do is over in seconds. */
const RESUMABLE: ReadonlySet<TaskType> = new Set(['transcribe', 'video_convert', 'video_preview', 'video_thumbnail']);

/** The tier of a level. */
export function tierOf(level: number): Tier {
  return TIERS[level] ?? 'FREE';
}

/** The task, and the names of the columns whose JSON could not be read; those are empty in it, and its error says so. */
export function readTask(row: TaskRow): { task: Task; damaged: readonly string[] } {
  const damaged: string[] = [];
  const read = <T>(name: string, schema: z.ZodType<T>, text: string, empty: T): T => {
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    damaged.push(name);
    return empty;
  };
  const readNullable = <T>(name: string, schema: z.ZodType<T>, text: string | null): T | null => (text === null ? null : read(name, schema.nullable(), text, null));
  const { partsDone, partsTotal, ...plain } = row;
  const sound: Task = {
    ...plain,
    warnings: read('warnings', texts, row.warnings, []),
    inputs: read('inputs', texts, row.inputs, []),
    outputs: read('outputs', outputs, row.outputs, []),
    options: read('options', task.shape.options, row.options, {}),
    error: readNullable('error', taskErrorShape, row.error),
    lastError: readNullable('lastError', taskErrorShape, row.lastError),
    estimate: readNullable('estimate', estimate, row.estimate),
    dependsOn: read('dependsOn', taskIds, row.dependsOn, []),
    notify: read('notify', texts, row.notify, []),
    tier: tierOf(row.tier),
    resumable: RESUMABLE.has(row.type),
    checkpoint: partsTotal === null ? null : { partsDone, partsTotal },
  };
  return { task: damaged.length === 0 ? sound : { ...sound, error: damagedError(row.id, damaged) }, damaged };
}

/** Undefined for text that is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Says which columns of a task's row can't be read. */
export function damagedError(id: number, damaged: readonly string[]): TaskErrorShape {
  return { code: 'STORE_DAMAGED', message: `Task ${id} can't be read back from the queue whole (${damaged.join(', ')}). Remove it and add it again.`, retryable: false };
}

const texts = z.array(z.string());
const outputs = z.array(output);
const taskIds = z.array(taskId);
