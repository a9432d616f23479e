/** A task as a list shows it: small enough that a window can hold a hundred thousand. */
import * as z from 'zod';
import { errorCode } from './errors.ts';
import { task, taskId, type Task } from './task.ts';

export const taskSummary = task
  .pick({
    id: true, type: true, recipe: true, status: true, queue: true, priority: true, progress: true, progressCurrent: true, progressTotal: true,
    message: true, outputDir: true, attempt: true, stopRequested: true, runAt: true, createdAt: true, startedAt: true, completedAt: true, durationMs: true, orderKey: true,
  })
  .extend({
    /** The first input: absolute path. */
    input: z.string(),
    /** Tasks that it waits for. */
    dependsOn: z.array(taskId),
    /** Seconds of work expected in all; null: not known. */
    estimateSeconds: z.number().nullable(),
    error: z.object({ code: errorCode, message: z.string(), retryable: z.boolean() }).nullable(),
    warnings: z.int().nonnegative(),
    outputs: z.int().nonnegative(),
  });
export type TaskSummary = z.infer<typeof taskSummary>;

export function summaryOf(whole: Task): TaskSummary {
  const { id, type, recipe, status, queue, priority, progress, progressCurrent, progressTotal, message, outputDir, attempt, stopRequested, runAt, createdAt, startedAt, completedAt, durationMs, orderKey, dependsOn } = whole;
  // A task that tries again says why.
  const error = whole.error ?? (status === 'retrying' ? whole.lastError : null);
  return {
    id, type, recipe, status, queue, priority, progress, progressCurrent, progressTotal, message, outputDir, attempt, stopRequested, runAt, createdAt, startedAt, completedAt, durationMs, orderKey, dependsOn,
    input: whole.inputs[0] ?? '',
    estimateSeconds: whole.estimate?.seconds ?? null,
    error: error && { code: error.code, message: error.message, retryable: error.retryable },
    warnings: whole.warnings.length,
    outputs: whole.outputs.length,
  };
}

/** What changes of a running task several times a second. */
export const progressUpdate = task.pick({ id: true, progress: true, progressCurrent: true, progressTotal: true, message: true });
export type ProgressUpdate = z.infer<typeof progressUpdate>;
