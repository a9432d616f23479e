/** The attempts that are over. */
import type Database from 'better-sqlite3';
import type { AttemptRecord } from '../../../shared/contract.ts';
import type { TaskId } from '../../../shared/task.ts';
import type { Operations } from './operations.ts';

/** An attempt that ends. error: JSON. */
export interface EndedAttempt {
  readonly id: TaskId;
  readonly attempt: number;
  readonly now: number;
  readonly durationMs: number;
  readonly worker: string | null;
}

export interface History {
  readonly operations: Pick<Operations, 'attempts'>;
  /** Writes down how an attempt ended; in the transaction that ends it. error: JSON. */
  note(ended: EndedAttempt, outcome: AttemptRecord['outcome'], error: string | null): void;
}

/** Attempts kept per task, the newest: a task that waits for space on a disk tries for days. */
const ATTEMPTS_KEPT = 100;

export function createHistory(db: Database.Database): History {
  const insert = db.prepare<[TaskId, attempt: number, endedAt: number, durationMs: number, outcome: string, error: string | null, worker: string | null]>(
    'INSERT INTO attempt (task_id, attempt, ended_at, duration_ms, outcome, error, worker) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const deleteOld = db.prepare<[TaskId, attempt: number]>('DELETE FROM attempt WHERE task_id = ? AND attempt <= ?');
  const select = db.prepare<[TaskId], { attempt: number; endedAt: number; durationMs: number; outcome: string; error: string | null; worker: string | null }>(
    `SELECT attempt AS attempt, ended_at AS endedAt, duration_ms AS durationMs, outcome AS outcome, error AS error, worker AS worker
     FROM attempt WHERE task_id = ? ORDER BY attempt DESC`,
  );
  return {
    operations: { attempts: (id) => select.all(id) },
    note({ id, attempt, now, durationMs, worker }, outcome, error) {
      insert.run(id, attempt, now, durationMs, outcome, error, worker);
      if (attempt > ATTEMPTS_KEPT) deleteOld.run(id, attempt - ATTEMPTS_KEPT);
    },
  };
}
