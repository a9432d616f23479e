/** A summary as it crosses from the store's thread: its values in the order of the columns in task-store-summaries.ts. */
import * as z from 'zod';
import { taskErrorShape } from '../../../shared/errors.ts';
import { taskSummary, type TaskSummary } from '../../../shared/summary.ts';
import { taskId } from '../../../shared/task.ts';
import { damagedError, parseJson } from './row.ts';

const columns = taskSummary.extend({
  /** Null: the column could not be read. */
  input: z.string().nullable(),
  /** JSON; null: none. */
  dependsOn: z.string().nullable(),
  /** JSON. */
  error: z.string().nullable(),
  warnings: z.int().nullable(),
  outputs: z.int().nullable(),
});

/** Rows cross as lists and are checked as objects: zod compiles a check for objects, which takes a third of what it takes for tuples. */
export const summaryRows = z
  .array(z.custom<readonly unknown[]>(Array.isArray))
  .transform((rows) => rows.map(named))
  .pipe(z.array(columns))
  .transform((rows) => rows.map(readSummary));

function named(row: readonly unknown[]): Record<keyof TaskSummary, unknown> {
  const [id, type, recipe, status, queue, priority, progress, progressCurrent, progressTotal, message, outputDir, attempt, stopRequested, runAt, createdAt, startedAt, completedAt, durationMs, orderKey, input, dependsOn, estimateSeconds, error, warnings, outputs] = row;
  return {
    id, type, recipe, status, queue, priority, progress, progressCurrent, progressTotal, message, outputDir, attempt, stopRequested, runAt, createdAt, startedAt, completedAt, durationMs, orderKey,
    input, dependsOn, estimateSeconds, error, warnings, outputs,
  };
}

function readSummary(row: z.infer<typeof columns>): TaskSummary {
  return {
    ...row, input: row.input ?? '', warnings: row.warnings ?? 0, outputs: row.outputs ?? 0,
    dependsOn: row.dependsOn === null ? [] : (taskIds.safeParse(parseJson(row.dependsOn)).data ?? []),
    error: row.input === null ? brief(damagedError(row.id, ['inputs'])) : readError(row.id, row.error),
  };
}

const taskIds = z.array(taskId);

function readError(id: number, text: string | null): TaskSummary['error'] {
  return text === null ? null : brief(taskErrorShape.safeParse(parseJson(text)).data ?? damagedError(id, ['error']));
}

function brief({ code, message, retryable }: z.infer<typeof taskErrorShape>): TaskSummary['error'] {
  return { code, message, retryable };
}
