/** What happens to other tasks when one ends, and when one that had ended is tried again. All of it in the transaction of the cause. */
import type Database from 'better-sqlite3';
import type { TaskErrorShape } from '../../../shared/errors.ts';
import { SETTLED_STATUSES, type DependencyMode, type TaskId, type TaskStatus } from '../../../shared/task.ts';
import type { GroupPolicies } from './group-policies.ts';
import type { Sources } from './task-store-sources.ts';
import { DUE, type Staging } from './task-store-staging.ts';
import { become, mayMake } from './transition-sql.ts';

/** How a task can end other than well. */
export type BadEnd = 'failed' | 'was cancelled' | 'was removed';

/** Tasks that changed with one. */
export interface Consequences {
  /** Failed because they depend on it. */
  readonly broken: readonly TaskId[];
  /** Freed by its end, paused, cancelled or wished to stop by the policy of its group, waiting again after its retry. */
  readonly others: readonly TaskId[];
}

export const NO_CONSEQUENCES: Consequences = { broken: [], others: [] };

export interface Dependencies {
  /** After a task was completed: its open dependants have one dependency less. Those that became pending, or wait for nothing but their time now: somebody has to look when it comes. */
  release(id: TaskId, now: number): readonly TaskId[];
  /**
   * After a task ended badly: fails the dependants that need it completed, theirs too, and so on; frees those that only need it over; and
   * applies the policy of the group of each task that failed.
   */
  ended(id: TaskId, how: BadEnd, now: number): Consequences;
  /** Counts a settled task's open dependencies afresh; false, and nothing is changed, when one of them can't complete by itself. */
  reopen(id: TaskId): boolean;
  /** After a retry: dependants that failed only through it wait for it again, theirs too; so do those that took its bad end for an end and have not begun. */
  revive(id: TaskId, now: number): readonly TaskId[];
}

interface Ended {
  readonly id: TaskId;
  readonly how: BadEnd;
}

export function createDependencies(db: Database.Database, staging: Staging, policies: GroupPolicies, sources: Sources): Dependencies {
  const statements = prepareDependencies(db);

  const free = (dependant: TaskId, now: number): boolean => {
    statements.countDown.run(dependant);
    return staging.stageOne(dependant, now) || statements.selectTimed.get(dependant) !== undefined;
  };

  const reopen = (id: TaskId): boolean => {
    const all = statements.selectDependencies.all(id);
    if (all.some(isHopeless)) return false;
    statements.setOpen.run(all.filter(isOpen).length, id);
    return true;
  };

  return {
    reopen,

    release(id, now) {
      if (statements.selectAnyDependant.get(id) === undefined) return [];
      sources.deliver(id);
      return statements.selectDependants.all(id).filter((dependant) => free(dependant.id, now)).map((dependant) => dependant.id);
    },

    ended(first, firstHow, now) {
      const [broken, others]: [TaskId[], TaskId[]] = [[], []];
      const ends: Ended[] = [{ id: first, how: firstHow }];
      for (let end = ends.pop(); end !== undefined; end = ends.pop()) {
        const error = JSON.stringify(dependencyError(end));
        for (const { id, mode } of statements.selectDependants.all(end.id)) {
          if (mode === 'settled') {
            if (free(id, now)) others.push(id);
          } else if (statements.breakOne.run({ id, error, now }).changes > 0) {
            broken.push(id);
            ends.push({ id, how: 'failed' });
          }
        }
        if (end.how !== 'failed') continue;
        const { halted, cancelled } = policies.afterFailure(end.id, now);
        others.push(...halted, ...cancelled);
        ends.push(...cancelled.map((id): Ended => ({ id, how: 'was cancelled' })));
      }
      return { broken, others };
    },

    revive(first, now) {
      const revived: TaskId[] = [];
      const retried = [first];
      for (let id = retried.pop(); id !== undefined; id = retried.pop()) {
        for (const broken of statements.selectBroken.all(id)) {
          if (!reopen(broken) || statements.reopenOne.run({ id: broken, now }).changes === 0) continue;
          revived.push(broken);
          retried.push(broken);
        }
        for (const early of statements.selectEarly.all(id)) {
          reopen(early);
          if (statements.holdBack.run({ id: early, now }).changes > 0) revived.push(early);
        }
      }
      return revived;
    },
  };
}

interface Dependency {
  readonly status: TaskStatus;
  readonly deletedAt: number | null;
  readonly mode: DependencyMode;
}

function prepareDependencies(db: Database.Database) {
  return {
    // Most tasks have none, and this look costs a tenth of the one below, for which SQLite builds a table of the statuses each time.
    selectAnyDependant: db.prepare<[TaskId], { id: TaskId }>('SELECT task_id AS id FROM dependency WHERE depends_on_id = ? LIMIT 1'),
    // A dependant that is neither waiting nor paused is settled, and counts afresh when it is retried.
    selectDependants: db.prepare<[TaskId], { id: TaskId; mode: DependencyMode }>(
      `SELECT task.id AS id, task.dependency_mode AS mode FROM dependency JOIN task ON task.id = dependency.task_id
       WHERE dependency.depends_on_id = ? AND task.${mayMake('breakDependency')} ORDER BY task.id`,
    ),
    countDown: db.prepare<[TaskId]>('UPDATE task SET open_dependencies = open_dependencies - 1 WHERE id = ? AND open_dependencies > 0'),
    selectTimed: db.prepare<[TaskId], { id: TaskId }>(`SELECT id AS id FROM task WHERE id = ? AND ${DUE}`),
    breakOne: db.prepare<{ id: TaskId; error: string; now: number }>(
      `UPDATE task SET ${become('breakDependency')}, error = @error, last_error = @error, completed_at = @now, updated_at = @now
       WHERE id = @id AND ${mayMake('breakDependency')}`,
    ),
    selectDependencies: db.prepare<[TaskId], Dependency>(
      `SELECT dependency_task.status AS status, dependency_task.deleted_at AS deletedAt, task.dependency_mode AS mode
       FROM dependency JOIN task AS dependency_task ON dependency_task.id = dependency.depends_on_id JOIN task ON task.id = dependency.task_id
       WHERE dependency.task_id = ?`,
    ),
    setOpen: db.prepare<[count: number, TaskId]>('UPDATE task SET open_dependencies = ? WHERE id = ?'),
    selectBroken: db.prepare<[TaskId], TaskId>(
      `SELECT task.id FROM dependency JOIN task ON task.id = dependency.task_id
       WHERE dependency.depends_on_id = ? AND task.status = 'failed' AND task.deleted_at IS NULL AND JSON_EXTRACT(task.error, '$.code') = 'DEPENDENCY_FAILED' ORDER BY task.id`,
    ).pluck(),
    reopenOne: db.prepare<{ id: TaskId; now: number }>(
      `UPDATE task SET ${become('retry')}, error = NULL, completed_at = NULL, updated_at = @now WHERE id = @id AND ${mayMake('retry')}`,
    ),
    selectEarly: db.prepare<[TaskId], TaskId>(
      `SELECT task.id FROM dependency JOIN task ON task.id = dependency.task_id
       WHERE dependency.depends_on_id = ? AND task.dependency_mode = 'settled' AND task.status IN ('waiting', 'paused', 'pending') ORDER BY task.id`,
    ).pluck(),
    holdBack: db.prepare<{ id: TaskId; now: number }>(`UPDATE task SET ${become('holdBack')}, updated_at = @now WHERE id = @id AND ${mayMake('holdBack')}`),
  };
}

function isOpen({ status, deletedAt, mode }: Dependency): boolean {
  return mode === 'settled' ? deletedAt === null && !SETTLED_STATUSES.includes(status) : status !== 'completed';
}

/** Whether waiting for it would never end. One that was completed and then taken off the list was completed. */
function isHopeless({ status, deletedAt, mode }: Dependency): boolean {
  return mode === 'completed' && status !== 'completed' && (deletedAt !== null || status === 'failed' || status === 'cancelled');
}

function dependencyError({ id, how }: Ended): TaskErrorShape {
  return { code: 'DEPENDENCY_FAILED', message: `Task ${id}, which this one depends on, ${how}. Retry that one; this one then waits for it again.`, retryable: false };
}
