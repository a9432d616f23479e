/** What attempts said, line by line. */
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import type { Operations } from './operations.ts';
import type { LogLine } from './store.ts';

/** Lines kept per task, the newest: days of warnings of one bad file must not grow the store without end. */
const LINES_KEPT = 5_000;
/** Old lines go whenever a task has said so many new ones: looking after every line would cost as much as the line. */
const TRIM_EVERY_LINES = 500;
/** Tasks whose lines are counted; beyond, counting begins anew, and a task may keep a few hundred lines more. */
const TASKS_COUNTED = 10_000;

/** All logs together: weeks of talkative work, and still a database that is copied in seconds. */
const LIMIT_BYTES = 128 * 1024 * 1024;
/** What a line takes besides its text: its row and its entry in the index, roughly. */
const LINE_OVERHEAD_BYTES = 40;

export function createLog(db: Database.Database, limitBytes = LIMIT_BYTES): Pick<Operations, 'appendLog' | 'readLog'> {
  const cap = createCap(db, limitBytes);
  const insertLine = db.prepare<{ id: TaskId; at: number; line: string; attempt: number | null }>(
    'INSERT INTO task_log (task_id, at, line, attempt) SELECT id, @at, @line, @attempt FROM task WHERE id = @id',
  );
  const deleteOld = db.prepare<{ id: TaskId; kept: number }>(
    'DELETE FROM task_log WHERE task_id = @id AND id <= (SELECT id FROM task_log WHERE task_id = @id ORDER BY id DESC LIMIT 1 OFFSET @kept)',
  );
  const selectNewest = db.prepare<[TaskId, count: number], [at: number, line: string]>('SELECT at, line FROM task_log WHERE task_id = ? ORDER BY id DESC LIMIT ?').raw();
  // No index of its own: of one task a few thousand lines are kept, and they lie together.
  const selectOfAttempt = db.prepare<[TaskId, attempt: number, count: number], [at: number, line: string]>(
    'SELECT at, line FROM task_log WHERE task_id = ? AND attempt = ? ORDER BY id DESC LIMIT ?',
  ).raw();
  const untrimmed = new Map<TaskId, number>();

  const count = (id: TaskId): void => {
    const lines = (untrimmed.get(id) ?? 0) + 1;
    untrimmed.set(id, lines % TRIM_EVERY_LINES);
    if (lines === TRIM_EVERY_LINES) deleteOld.run({ id, kept: LINES_KEPT });
  };

  return {
    appendLog(lines) {
      if (untrimmed.size > TASKS_COUNTED) untrimmed.clear();
      for (const [id, at, line, attempt = null] of lines) {
        insertLine.run({ id, at, line, attempt });
        count(id);
      }
      cap(lines);
      return null;
    },
    readLog: (id, count, attempt) => (attempt === null ? selectNewest.all(id, count) : selectOfAttempt.all(id, attempt, count)).reverse(),
  };
}

/**
 * Keeps all logs together below their limit: the oldest lines go, of whichever task. It looks once in a hundredth of the limit, by the number
 * of lines and the mean of the newest thousand; so the limit is passed by some per cent at most, and a look costs next to nothing.
 */
function createCap(db: Database.Database, limitBytes: number): (lines: readonly LogLine[]) => void {
  const selectEnds = db.prepare<[], { oldest: number | null; newest: number | null }>('SELECT (SELECT MIN(id) FROM task_log) AS oldest, (SELECT MAX(id) FROM task_log) AS newest');
  const selectMean = db.prepare<[], number | null>('SELECT AVG(LENGTH(line)) FROM (SELECT line FROM task_log ORDER BY id DESC LIMIT 1000)').pluck();
  const deleteOldest = db.prepare<{ below: number; limit: number }>('DELETE FROM task_log WHERE id IN (SELECT id FROM task_log WHERE id < @below ORDER BY id LIMIT @limit)');
  let unseenBytes = Number.POSITIVE_INFINITY;
  let isOver = false;
  return (lines) => {
    for (const [, , line] of lines) unseenBytes += line.length + LINE_OVERHEAD_BYTES;
    if (!isOver && unseenBytes < limitBytes / 100) return;
    unseenBytes = 0;
    const { oldest, newest } = selectEnds.get() ?? { oldest: null, newest: null };
    if (oldest === null || newest === null) return;
    const kept = Math.floor(limitBytes / ((selectMean.get() ?? 0) + LINE_OVERHEAD_BYTES));
    const surplus = newest - oldest + 1 - kept;
    if (surplus > 0) deleteOldest.run({ below: newest - kept + 1, limit: Math.max(DELETED_AT_ONCE, lines.length * 2) });
    isOver = surplus > DELETED_AT_ONCE;
  };
}

/** Some milliseconds of deleting; what is left over goes with the next lines. */
const DELETED_AT_ONCE = 2_000;
