/** How many tasks have each status, without counting a million rows each time somebody asks. */
import type Database from 'better-sqlite3';
import { TASK_STATUSES, type TaskStatus } from '../../../shared/task.ts';

/** Listed tasks (removed ones are not counted) by status. */
export type StatusCounts = Record<TaskStatus, number>;

export interface StatusTally {
  counts(): StatusCounts;
  /** Whoever inserts tasks says so, once per batch: a trigger would cost a quarter of an insert. */
  added(status: TaskStatus, tasks: number): void;
}

/**
 * Counted once, then kept by triggers of this connection, which owns the database alone. The count lives in a temporary
 * table, in memory: it costs no write to disk and is rolled back with whatever it counted.
 */
export function createStatusTally(db: Database.Database): StatusTally {
  db.exec(`
    CREATE TEMP TABLE status_count (status TEXT PRIMARY KEY, tasks INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    INSERT INTO status_count (status, tasks) SELECT status, COUNT(*) FROM main.task WHERE deleted_at IS NULL GROUP BY status;
    ${TASK_STATUSES.map((status) => `INSERT OR IGNORE INTO status_count (status, tasks) VALUES ('${status}', 0);`).join('\n')}
    CREATE TEMP TRIGGER task_deleted AFTER DELETE ON main.task WHEN OLD.deleted_at IS NULL BEGIN
      UPDATE status_count SET tasks = tasks - 1 WHERE status = OLD.status;
    END;
    CREATE TEMP TRIGGER task_changed AFTER UPDATE OF status, deleted_at ON main.task BEGIN
      UPDATE status_count SET tasks = tasks + (status = NEW.status AND NEW.deleted_at IS NULL) - (status = OLD.status AND OLD.deleted_at IS NULL)
      WHERE status IN (OLD.status, NEW.status);
    END;
  `);
  const select = db.prepare<[], { status: TaskStatus; tasks: number }>('SELECT status AS status, tasks AS tasks FROM status_count');
  const add = db.prepare<[tasks: number, TaskStatus]>('UPDATE status_count SET tasks = tasks + ? WHERE status = ?');
  return {
    counts() {
      const counts: StatusCounts = { pending: 0, waiting: 0, running: 0, retrying: 0, paused: 0, completed: 0, failed: 0, cancelled: 0 };
      for (const { status, tasks } of select.all()) counts[status] = tasks;
      return counts;
    },
    added: (status, tasks) => void add.run(tasks, status),
  };
}
