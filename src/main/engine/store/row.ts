/** A task as its row is read. */
import type { TaskErrorShape } from '../../../shared/errors.ts';
import type { Task } from '../../../shared/task.ts';

/** Columns that hold JSON, as text. */
type JsonColumn = 'warnings' | 'inputs' | 'outputs' | 'options' | 'error' | 'lastError' | 'estimate' | 'dependsOn' | 'notify';

/** What a row of TASK_COLUMNS holds, as the store's own thread reads it. */
export interface TaskRow extends Omit<Task, JsonColumn | 'tier' | 'checkpoint' | 'resumable'> {
  readonly warnings: string;
  readonly inputs: string;
  readonly outputs: string;
  readonly options: string;
  readonly error: string | null;
  readonly lastError: string | null;
  readonly estimate: string | null;
  readonly dependsOn: string;
  readonly notify: string;
  /** The tier's level. */
  readonly tier: number;
  readonly partsTotal: number | null;
  readonly partsDone: number;
}

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
/** The names of TASK_COLUMNS, in their order; packed-row.ts reads them in the same one. */
export const COLUMN_NAMES = Object.keys(EXPRESSIONS);

/** What a SELECT of whole tasks names. */
export const TASK_COLUMNS = Object.entries(EXPRESSIONS).map(([name, expression]) => `${expression} AS ${name}`).join(', ');

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
