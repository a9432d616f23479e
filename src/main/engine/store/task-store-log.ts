/** What attempts said, line by line. */
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import type { Operations } from './operations.ts';

/** Lines kept per task, the newest: days of warnings of one bad file must not grow the store without end. */
const LINES_KEPT = 5_000;
/** Old lines go whenever a task has said so many new ones: looking after every line would cost as much as the line. */
const TRIM_EVERY_LINES = 500;
/** Tasks whose lines are counted; beyond, counting begins anew, and a task may keep a few hundred lines more. */
const TASKS_COUNTED = 10_000;

export function createLog(db: Database.Database): Pick<Operations, 'appendLog' | 'readLog'> {
  const insertLine = db.prepare<{ id: TaskId; at: number; line: string }>('INSERT INTO task_log (task_id, at, line) SELECT id, @at, @line FROM task WHERE id = @id');
  const deleteOld = db.prepare<{ id: TaskId; kept: number }>(
    'DELETE FROM task_log WHERE task_id = @id AND id <= (SELECT id FROM task_log WHERE task_id = @id ORDER BY id DESC LIMIT 1 OFFSET @kept)',
  );
  const selectNewest = db.prepare<[TaskId, count: number], [at: number, line: string]>('SELECT at, line FROM task_log WHERE task_id = ? ORDER BY id DESC LIMIT ?').raw();
  const untrimmed = new Map<TaskId, number>();

  const count = (id: TaskId): void => {
    const lines = (untrimmed.get(id) ?? 0) + 1;
    untrimmed.set(id, lines % TRIM_EVERY_LINES);
    if (lines === TRIM_EVERY_LINES) deleteOld.run({ id, kept: LINES_KEPT });
  };

  return {
    appendLog(lines) {
      if (untrimmed.size > TASKS_COUNTED) untrimmed.clear();
      for (const [id, at, line] of lines) {
        insertLine.run({ id, at, line });
        count(id);
      }
      return null;
    },
    readLog: (id, count) => selectNewest.all(id, count).reverse(),
  };
}
