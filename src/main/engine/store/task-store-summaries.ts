/** The list as windows show it: a row of plain values a task, so that ten thousand are read, carried over and checked in a moment. */
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import type { Operations, SummaryRow } from './operations.ts';

export function createSummaries(db: Database.Database): Pick<Operations, 'summaries'> {
  const select = db.prepare<[before: TaskId, limit: number], SummaryRow>(
    `SELECT id, type, recipe, status, queue, priority, progress, progress_current, progress_total, message, output_dir, attempt, stop_requested, run_at,
       created_at, started_at, completed_at, duration_ms, order_key,
       CASE WHEN inputs = '[]' THEN '' ELSE ${readable('inputs')} ->> '$[0]' END,
       CASE WHEN EXISTS (SELECT 1 FROM dependency WHERE dependency.task_id = task.id)
         THEN (SELECT JSON_GROUP_ARRAY(depends_on_id) FROM dependency WHERE dependency.task_id = task.id) END,
       ${readable('estimate')} ->> '$.seconds',
       COALESCE(error, CASE WHEN status = 'retrying' THEN last_error END),
       CASE WHEN warnings = '[]' THEN 0 ELSE JSON_ARRAY_LENGTH(${readable('warnings')}) END,
       CASE WHEN outputs = '[]' THEN 0 ELSE JSON_ARRAY_LENGTH(${readable('outputs')}) END
     FROM task WHERE id < ? AND deleted_at IS NULL ORDER BY id DESC LIMIT ?`,
  ).raw();
  return {
    summaries: ({ before, limit }) => select.all(before ?? Number.MAX_SAFE_INTEGER, limit),
  };
}

/** One damaged row must not cost the whole list: what is no JSON is read as nothing. */
function readable(column: string): string {
  return `CASE WHEN JSON_VALID(${column}) THEN ${column} END`;
}
