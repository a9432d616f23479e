/** A task as its row is read, and back from untrusted text to a Task. */
import * as z from 'zod';
import { taskErrorShape, type TaskErrorShape } from '../../../shared/errors.ts';
import { estimate, output, queueName, task, taskId, taskStatus, taskType, type Task } from '../../../shared/task.ts';

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
  dependsOn: z.string(),
  partsTotal: z.number().nullable(),
  partsDone: z.number(),
});
export type TaskRow = z.infer<typeof taskRow>;

/** What a SELECT of whole tasks names. */
export const TASK_COLUMNS = `
  task.id AS id, task.type AS type, task.recipe AS recipe, task.status AS status, task.queue AS queue, task.priority AS priority,
  task.progress AS progress, task.progress_current AS progressCurrent, task.progress_total AS progressTotal,
  task.message AS message, task.warnings AS warnings, task.inputs AS inputs, task.output_dir AS outputDir,
  task.outputs AS outputs, task.options AS options, task.attempt AS attempt, task.failures AS failures,
  task.max_retries AS maxRetries, task.worker_losses AS workerLosses, task.error AS error, task.last_error AS lastError,
  task.run_at AS runAt, task.lease_owner AS leaseOwner, task.lease_until AS leaseUntil, task.stop_requested AS stopRequested,
  task.created_at AS createdAt, task.updated_at AS updatedAt, task.started_at AS startedAt, task.completed_at AS completedAt,
  task.duration_ms AS durationMs, task.estimate AS estimate, task.order_key AS orderKey, task.deleted_at AS deletedAt,
  (SELECT JSON_GROUP_ARRAY(depends_on_id) FROM dependency WHERE dependency.task_id = task.id) AS dependsOn,
  (SELECT parts_total FROM checkpoint WHERE checkpoint.task_id = task.id) AS partsTotal,
  (SELECT COUNT(*) FROM checkpoint_part WHERE checkpoint_part.task_id = task.id) AS partsDone`;

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
