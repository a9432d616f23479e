/** What a user asks of tasks: at once where nobody works on them, as a wish to the running attempt where somebody does. */
import type Database from 'better-sqlite3';
import { TaskError } from '../../../shared/errors.ts';
import { estimate, SETTLED_STATUSES, type Task, type TaskId } from '../../../shared/task.ts';
import { canMake, type TransitionName } from '../transitions.ts';
import type { Operations, TouchedRows } from './operations.ts';
import { orderKey } from './order-key.ts';
import type { PackedRow } from './packed-row.ts';
import { parseJson, type TaskRow } from './row.ts';
import type { Checkpoints } from './task-store-checkpoints.ts';
import type { GroupPolicies } from './group-policies.ts';
import { NO_CONSEQUENCES, type BadEnd, type Consequences, type Dependencies } from './task-store-dependencies.ts';
import type { Listing } from './task-store-listing.ts';
import type { Staging } from './task-store-staging.ts';
import { become, mayMake } from './transition-sql.ts';

interface Parts {
  readonly listing: Listing;
  readonly staging: Staging;
  readonly dependencies: Dependencies;
  readonly checkpoints: Checkpoints;
  readonly policies: GroupPolicies;
}

/** What one command did to one task. */
interface Effect extends Consequences {
  readonly didChange: boolean;
}

/** What each command does to one task that is not removed. */
export interface Effects extends Record<'pause' | 'resume' | 'cancel' | 'retry', (row: TaskRow, now: number) => Effect> {
  prioritise(row: TaskRow, priority: number, now: number): Effect;
}

type Wish = NonNullable<Task['stopRequested']>;
type Commands = Pick<Operations, 'pause' | 'resume' | 'cancel' | 'retry' | 'remove' | 'restore' | 'prioritise'>;

/** A stronger wish replaces a weaker one, never the other way round. */
const STRENGTH: Readonly<Record<Wish, number>> = { pause: 1, cancel: 2, remove: 3 };

const NOTHING: Effect = { didChange: false, ...NO_CONSEQUENCES };

export function createCommands(db: Database.Database, parts: Parts): { operations: Commands; effects: Effects } {
  const { staging, dependencies, checkpoints, policies } = parts;
  const statements = prepareCommands(db);
  const touch = createTouch(parts.listing);
  const changed = (changes: number): Effect => ({ didChange: changes > 0, ...NO_CONSEQUENCES });

  /** Asks the running attempt to stop. */
  const wish = (row: TaskRow, wanted: Wish, now: number): Effect =>
    row.stopRequested !== null && STRENGTH[row.stopRequested] >= STRENGTH[wanted] ? NOTHING : changed(statements.setWish.run({ id: row.id, wish: wanted, now }).changes);

  /** Takes back the wish that the command undoes; the attempt that has stopped for it goes back to the queue. */
  const unwish = (row: TaskRow, undone: Wish, now: number): Effect =>
    row.stopRequested === undone ? changed(statements.setWish.run({ id: row.id, wish: null, now }).changes) : NOTHING;

  const cancelNow = (row: TaskRow, how: BadEnd, now: number): Effect => {
    if (!canMake('cancel', row.status)) return NOTHING;
    const didChange = statements.cancel.run({ id: row.id, now }).changes > 0;
    return { didChange, ...(didChange ? dependencies.ended(row.id, how, now) : NO_CONSEQUENCES) };
  };

  const removeNow = (row: TaskRow, now: number): Effect => {
    const { broken, others } = cancelNow(row, 'was removed', now);
    checkpoints.clear(row.id);
    return { didChange: statements.remove.run({ id: row.id, now }).changes > 0, broken, others };
  };

  /** Back among the waiting, and on to the pending in the same commit when it is due and free. */
  const wait = (row: TaskRow, name: 'resume' | 'retry', now: number): Effect => {
    if (!canMake(name, row.status) || (name === 'retry' && !dependencies.reopen(row.id))) return NOTHING;
    const { changes } = statements[name].run({ id: row.id, now });
    staging.stageOne(row.id, now);
    if (changes === 0 || name === 'resume') return changed(changes);
    if (row.groupId !== null) policies.afterRetry(row.id);
    return { didChange: true, broken: [], others: dependencies.revive(row.id, now) };
  };

  /** It stays in the status it had. What was cleared for the removal (the checkpoint) is made again by a retry. */
  const restore = (row: TaskRow, now: number): Effect =>
    row.deletedAt !== null ? changed(statements.restore.run({ id: row.id, now }).changes) : row.status === 'running' ? unwish(row, 'remove', now) : NOTHING;

  const reorder = (row: TaskRow, priority: number, now: number): Effect => {
    if (SETTLED_STATUSES.includes(row.status) || row.priority === priority) return NOTHING;
    const estimateSeconds = estimateSecondsOf(row);
    const key = orderKey({ priority, tier: row.tier, estimateSeconds, createdAt: row.createdAt });
    return changed(statements.prioritise.run({ id: row.id, priority, orderKey: key, now }).changes);
  };

  const effects: Effects = {
    pause: (row, now) => (row.status === 'running' ? wish(row, 'pause', now) : changed(statements.pause.run({ id: row.id, now }).changes)),
    resume: (row, now) => (row.status === 'running' ? unwish(row, 'pause', now) : wait(row, 'resume', now)),
    cancel: (row, now) => (row.status === 'running' ? wish(row, 'cancel', now) : cancelNow(row, 'was cancelled', now)),
    retry: (row, now) => (row.status === 'running' ? unwish(row, 'cancel', now) : wait(row, 'retry', now)),
    prioritise: reorder,
  };
  const operations: Commands = {
    pause: (ids, now) => touch(ids, 'up', (row) => effects.pause(row, now)),
    resume: (ids, now) => touch(ids, 'up', (row) => effects.resume(row, now)),
    cancel: (ids, now) => touch(ids, 'down', (row) => effects.cancel(row, now)),
    retry: (ids, now) => touch(ids, 'up', (row) => effects.retry(row, now)),
    remove: (ids, now) => touch(ids, 'down', (row) => (row.status === 'running' ? wish(row, 'remove', now) : removeNow(row, now))),
    restore: (ids, now) => touch(ids, 'up', (row) => restore(row, now), 'removed too'),
    prioritise: (ids, priority, now) => touch(ids, 'up', (row) => effects.prioritise(row, priority, now)),
  };
  return { operations, effects };
}

/**
 * Applies a command to each task once and tells what became of it, in the order of the ids. A task always has a higher id
 * than those it depends on: `up` reaches dependencies first (so that a retry finds them open again), `down` dependants
 * first (so that a cancel of both cancels both). Removed tasks stay as they are, but where it is about them.
 */
function createTouch(listing: Listing): (ids: readonly TaskId[], direction: 'up' | 'down', apply: (row: TaskRow) => Effect, which?: 'listed' | 'removed too') => TouchedRows {
  const known = <T>(id: TaskId, row: T | null): T => {
    if (row === null) throw new TaskError('TASK_UNKNOWN', `There is no task ${id}. Nothing was changed. List the tasks to see which there are.`);
    return row;
  };
  const existing = (id: TaskId): TaskRow => known(id, listing.row(id));
  const packed = (id: TaskId): PackedRow => known(id, listing.packed(id));
  return (ids, direction, apply, which = 'listed') => {
    for (const id of ids) existing(id);
    const ordered = [...new Set(ids)].sort((a, b) => (direction === 'up' ? a - b : b - a));
    const effects = new Map<TaskId, Effect>();
    for (const id of ordered) {
      const row = existing(id);
      effects.set(id, row.deletedAt === null || which === 'removed too' ? apply(row) : NOTHING);
    }
    return ids.map((id) => {
      const { didChange, broken, others } = effects.get(id) ?? NOTHING;
      return { task: packed(id), didChange, broken: listing.packedRows(broken), others: listing.packedRows(others) };
    });
  };
}

/** Null too where what is stored can't be read. */
function estimateSecondsOf({ estimate: text }: TaskRow): number | null {
  return text === null ? null : (estimate.safeParse(parseJson(text)).data?.seconds ?? null);
}

function prepareCommands(db: Database.Database) {
  const where = (name: TransitionName): string => `WHERE id = @id AND deleted_at IS NULL AND ${mayMake(name)}`;
  return {
    setWish: db.prepare<{ id: TaskId; wish: Wish | null; now: number }>(
      `UPDATE task SET stop_requested = @wish, updated_at = @now WHERE id = @id AND status = 'running'`,
    ),
    pause: db.prepare<{ id: TaskId; now: number }>(`UPDATE task SET ${become('pause')}, updated_at = @now ${where('pause')}`),
    resume: db.prepare<{ id: TaskId; now: number }>(`UPDATE task SET ${become('resume')}, updated_at = @now ${where('resume')}`),
    cancel: db.prepare<{ id: TaskId; now: number }>(`UPDATE task SET ${become('cancel')}, completed_at = @now, updated_at = @now ${where('cancel')}`),
    // What is checkpointed is not done again, so its progress still stands.
    retry: db.prepare<{ id: TaskId; now: number }>(
      `UPDATE task SET ${become('retry')}, failures = 0, worker_losses = 0, error = NULL, message = '', completed_at = NULL, updated_at = @now,
         progress = CASE WHEN ${HAS_PARTS} THEN progress ELSE 0 END,
         progress_current = CASE WHEN ${HAS_PARTS} THEN progress_current ELSE 0 END
       ${where('retry')}`,
    ),
    remove: db.prepare<{ id: TaskId; now: number }>('UPDATE task SET deleted_at = @now, updated_at = @now WHERE id = @id AND deleted_at IS NULL'),
    restore: db.prepare<{ id: TaskId; now: number }>('UPDATE task SET deleted_at = NULL, updated_at = @now WHERE id = @id AND deleted_at IS NOT NULL'),
    prioritise: db.prepare<{ id: TaskId; priority: number; orderKey: number; now: number }>(
      'UPDATE task SET priority = @priority, order_key = @orderKey + order_shift, updated_at = @now WHERE id = @id',
    ),
  };
}

const HAS_PARTS = 'EXISTS (SELECT 1 FROM checkpoint_part WHERE checkpoint_part.task_id = task.id)';
