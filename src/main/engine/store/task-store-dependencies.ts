/** What happens to a task when one it depends on ends. */
import type Database from 'better-sqlite3';
import type { TaskErrorShape } from '../../../shared/errors.ts';
import type { TaskId, TaskStatus } from '../../../shared/task.ts';
import type { Staging } from './task-store-staging.ts';
import { become, mayMake } from './transition-sql.ts';

export interface Dependencies {
  /** After a task was completed: its open dependants have one dependency less. Those that became pending. */
  release(id: TaskId, now: number): readonly TaskId[];
  /** After a task failed, was cancelled or removed: fails its open dependants, theirs too, and so on. All that were failed. */
  breakAll(id: TaskId, how: 'failed' | 'was cancelled' | 'was removed', now: number): readonly TaskId[];
  /** Counts a settled task's open dependencies afresh; false, and nothing is changed, when one of them can't complete by itself. */
  reopen(id: TaskId): boolean;
}

interface BrokenLink {
  readonly id: TaskId;
  readonly how: string;
}

export function createDependencies(db: Database.Database, staging: Staging): Dependencies {
  // Most tasks have none, and this look costs a tenth of the one below, for which SQLite builds a table of the statuses each time.
  const selectAnyDependant = db.prepare<[TaskId], { id: TaskId }>('SELECT task_id AS id FROM dependency WHERE depends_on_id = ? LIMIT 1');
  // A dependant that is neither waiting nor paused is settled, and counts afresh when it is retried.
  const selectDependants = db.prepare<[TaskId], { id: TaskId }>(
    `SELECT task.id AS id FROM dependency JOIN task ON task.id = dependency.task_id
     WHERE dependency.depends_on_id = ? AND task.${mayMake('breakDependency')} ORDER BY task.id`,
  );
  const countDown = db.prepare<[TaskId]>('UPDATE task SET open_dependencies = open_dependencies - 1 WHERE id = ? AND open_dependencies > 0');
  const breakOne = db.prepare<{ id: TaskId; error: string; now: number }>(
    `UPDATE task SET ${become('breakDependency')}, error = @error, last_error = @error, completed_at = @now, updated_at = @now
     WHERE id = @id AND ${mayMake('breakDependency')}`,
  );
  const selectDependencies = db.prepare<[TaskId], { status: TaskStatus; deletedAt: number | null }>(
    `SELECT task.status AS status, task.deleted_at AS deletedAt FROM dependency JOIN task ON task.id = dependency.depends_on_id
     WHERE dependency.task_id = ?`,
  );
  const setOpen = db.prepare<[count: number, TaskId]>('UPDATE task SET open_dependencies = ? WHERE id = ?');

  return {
    release(id, now) {
      if (selectAnyDependant.get(id) === undefined) return [];
      const dependants = selectDependants.all(id).map((row) => row.id);
      for (const dependant of dependants) countDown.run(dependant);
      return dependants.filter((dependant) => staging.stageOne(dependant, now));
    },

    breakAll(id, how, now) {
      const broken: TaskId[] = [];
      const links: BrokenLink[] = [{ id, how }];
      for (let link = links.pop(); link !== undefined; link = links.pop()) {
        const error = JSON.stringify(dependencyError(link));
        for (const dependant of selectDependants.all(link.id)) {
          if (breakOne.run({ id: dependant.id, error, now }).changes === 0) continue;
          broken.push(dependant.id);
          links.push({ id: dependant.id, how: 'failed' });
        }
      }
      return broken;
    },

    reopen(id) {
      const open = selectDependencies.all(id).filter((dependency) => dependency.status !== 'completed');
      if (open.some((dependency) => isHopeless(dependency))) return false;
      setOpen.run(open.length, id);
      return true;
    },
  };
}

function isHopeless(dependency: { status: TaskStatus; deletedAt: number | null }): boolean {
  return dependency.deletedAt !== null || dependency.status === 'failed' || dependency.status === 'cancelled';
}

function dependencyError({ id, how }: BrokenLink): TaskErrorShape {
  return { code: 'DEPENDENCY_FAILED', message: `Task ${id}, which this one depends on, ${how}. Retry that one first, then this one.`, retryable: false };
}
