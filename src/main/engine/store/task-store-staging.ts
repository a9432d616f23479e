/** Moves what is due and free to pending. */
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import type { Operations } from './operations.ts';
import { become, mayMake } from './transition-sql.ts';

export interface Staging extends Pick<Operations, 'stage'> {
  /** Whether this one was due and free, and is pending now. */
  stageOne(id: TaskId, now: number): boolean;
}

/** Tasks moved by one call: a burst of a hundred thousand must not hold the thread for seconds. nextAt then says at once. */
const STAGE_LIMIT = 1000;

/** Tasks that wait for nothing but their time; spelt as in the index task_due, without which SQLite could not use it. */
export const DUE = `${mayMake('stage')} AND open_dependencies = 0`;

export function createStaging(db: Database.Database): Staging {
  const selectDue = db.prepare<[now: number, limit: number], { id: TaskId }>(`SELECT id FROM task INDEXED BY task_due WHERE ${DUE} AND run_at <= ? ORDER BY run_at LIMIT ?`);
  const selectNext = db.prepare<[], { runAt: number }>(`SELECT run_at AS runAt FROM task INDEXED BY task_due WHERE ${DUE} AND run_at IS NOT NULL ORDER BY run_at LIMIT 1`);
  const stageOne = db.prepare<{ id: TaskId; now: number }>(
    `UPDATE task SET ${become('stage')}, updated_at = @now WHERE id = @id AND ${DUE} AND (run_at IS NULL OR run_at <= @now)`,
  );
  // What waits for its backoff counts seconds, not hours of the day; what its user gave a time to keeps it.
  const bringForward = db.prepare<[ms: number]>(`UPDATE task INDEXED BY task_due SET run_at = run_at - ? WHERE ${DUE} AND run_at IS NOT NULL AND status = 'retrying'`);
  const staging: Staging = {
    stageOne: (id, now) => stageOne.run({ id, now }).changes > 0,
    stage(now, setBackMs) {
      if (setBackMs > 0) bringForward.run(setBackMs);
      const staged = selectDue.all(now, STAGE_LIMIT).map((row) => row.id);
      for (const id of staged) staging.stageOne(id, now);
      return { staged, nextAt: selectNext.get()?.runAt ?? null };
    },
  };
  return staging;
}
