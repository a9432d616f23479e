/** What attempts said, line by line. */
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import type { Operations } from './operations.ts';

/** Lines kept per task, the newest: days of warnings of one bad file must not grow the store without end. */
const LINES_KEPT = 5_000;

export function createLog(db: Database.Database): Pick<Operations, 'appendLog' | 'readLog'> {
  const insertLine = db.prepare<{ id: TaskId; at: number; line: string }>('INSERT INTO task_log (task_id, at, line) SELECT id, @at, @line FROM task WHERE id = @id');
  const deleteOld = db.prepare<{ id: TaskId; kept: number }>(
    'DELETE FROM task_log WHERE task_id = @id AND id <= (SELECT id FROM task_log WHERE task_id = @id ORDER BY id DESC LIMIT 1 OFFSET @kept)',
  );
  const selectNewest = db.prepare<[TaskId, count: number], [at: number, line: string]>('SELECT at, line FROM task_log WHERE task_id = ? ORDER BY id DESC LIMIT ?').raw();
  return {
    appendLog(lines) {
      for (const [id, at, line] of lines) insertLine.run({ id, at, line });
      for (const id of new Set(lines.map(([owner]) => owner))) deleteOld.run({ id, kept: LINES_KEPT });
      return null;
    },
    readLog: (id, count) => selectNewest.all(id, count).reverse(),
  };
}
