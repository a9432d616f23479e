/** Moves pending tasks within their queue. */
import type Database from 'better-sqlite3';
import { TaskError } from '../../../shared/errors.ts';
import type { QueueName, TaskId } from '../../../shared/task.ts';
import type { Operations } from './operations.ts';
import { placeBefore, placeBehind, type Place } from './place.ts';
import type { PackedRow } from './packed-row.ts';
import type { TaskRow } from './row.ts';
import type { Listing } from './task-store-listing.ts';

export function createMoves(db: Database.Database, listing: Listing): Pick<Operations, 'moveTasks'> {
  const statements = prepareMoves(db);

  /** Places before another one, the nearest first. */
  function* above(queue: QueueName, { id, orderKey }: Place): Generator<Place> {
    yield* statements.selectTied.iterate(queue, orderKey, id);
    yield* statements.selectHigher.iterate(queue, orderKey);
  }

  const without = function* (places: Iterable<Place>, ids: ReadonlySet<TaskId>): Generator<Place> {
    for (const place of places) if (!ids.has(place.id)) yield place;
  };

  const first = (places: Iterable<Place>): Place | null => {
    for (const place of places) return place;
    return null;
  };

  /** Directly before that task; where it is one of the moved ones, before the next that stays. Null: behind all. */
  const place = (queue: QueueName, moved: readonly Place[], before: Place | null): Place[] => {
    const ids = new Set(moved.map(({ id }) => id));
    const anchor = before !== null && ids.has(before.id) ? first(without(statements.selectBelow.iterate({ queue, ...before }), ids)) : before;
    if (anchor !== null) return placeBefore(moved, anchor, without(above(queue, anchor), ids));
    return placeBehind(moved, first(without(statements.selectLast.iterate(queue), ids)));
  };

  return {
    moveTasks(ids, before, now) {
      const rows = [...new Set(ids)].map((id) => existing(listing, id));
      const target = before === null ? null : pendingTarget(listing, before);
      const movable = rows.filter((row) => isPending(row) && (target === null || row.queue === target.queue));
      const places = queuesOf(movable).flatMap((queue) => place(queue, movable.filter((row) => row.queue === queue), target));
      const changed = new Set(places.filter(({ id, orderKey }) => statements.move.run({ id, orderKey, now }).changes > 0).map(({ id }) => id));
      return {
        touched: ids.map((id) => ({ task: packed(listing, id), didChange: changed.has(id), broken: [], others: [] })),
        others: [...changed].filter((id) => !ids.includes(id)),
      };
    },
  };
}

function existing(listing: Listing, id: TaskId): TaskRow {
  return known(id, listing.row(id));
}

function packed(listing: Listing, id: TaskId): PackedRow {
  return known(id, listing.packed(id));
}

function known<T>(id: TaskId, row: T | null): T {
  if (row !== null) return row;
  throw new TaskError('TASK_UNKNOWN', `There is no task ${id}. Nothing was moved. List the tasks to see which there are.`);
}

function pendingTarget(listing: Listing, id: TaskId): TaskRow {
  const row = existing(listing, id);
  if (isPending(row)) return row;
  throw new TaskError('TASK_STATE', `Task ${id} does not wait for its turn any more (${row.status}), so nothing can be put before it.`);
}

function isPending(row: TaskRow): boolean {
  return row.status === 'pending' && row.deletedAt === null;
}

function queuesOf(rows: readonly TaskRow[]): QueueName[] {
  return [...new Set(rows.map(({ queue }) => queue))];
}

function prepareMoves(db: Database.Database) {
  const select = `SELECT id AS id, order_key AS orderKey FROM task INDEXED BY task_claim WHERE status = 'pending'`;
  return {
    selectTied: db.prepare<[QueueName, orderKey: number, TaskId], Place>(`${select} AND queue = ? AND order_key = ? AND id < ? ORDER BY id DESC`),
    selectHigher: db.prepare<[QueueName, orderKey: number], Place>(`${select} AND queue = ? AND order_key > ? ORDER BY order_key, id DESC`),
    selectBelow: db.prepare<{ queue: QueueName; id: TaskId; orderKey: number }, Place>(
      `${select} AND queue = @queue AND order_key <= @orderKey AND (order_key < @orderKey OR id > @id) ORDER BY order_key DESC, id`,
    ),
    selectLast: db.prepare<[QueueName], Place>(`${select} AND queue = ? ORDER BY order_key, id DESC`),
    move: db.prepare<{ id: TaskId; orderKey: number; now: number }>(
      `UPDATE task SET order_key = @orderKey, order_shift = order_shift + @orderKey - order_key, updated_at = @now WHERE id = @id AND order_key <> @orderKey`,
    ),
  };
}
