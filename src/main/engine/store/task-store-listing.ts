/** Reads tasks. */
import type Database from 'better-sqlite3';
import { TASK_STATUSES, TASK_TYPES, type TaskId, type TaskStatus } from '../../../shared/task.ts';
import type { Operations } from './operations.ts';
import { TASK_COLUMNS, type PackedRow, type TaskRow } from './row.ts';
import type { StatusCounts, StatusTally } from './status-counts.ts';
import type { ListFilter } from './store.ts';

export interface Listing {
  readonly operations: Pick<Operations, 'get' | 'getMany' | 'list' | 'counts' | 'settledAmong' | 'withoutEstimate'>;
  row(id: TaskId): TaskRow | null;
  /** In the order of the ids; unknown ones are left out. */
  rows(ids: readonly TaskId[]): TaskRow[];
  /** The same, packed. */
  packedRows(ids: readonly TaskId[]): PackedRow[];
}

export function createListing(db: Database.Database, { counts }: StatusTally): Listing {
  const selectTask = db.prepare<[TaskId], TaskRow>(`SELECT ${TASK_COLUMNS} FROM task WHERE id = ?`);
  const selectPacked = db.prepare<[TaskId], PackedRow>(`SELECT ${TASK_COLUMNS} FROM task WHERE id = ?`).raw();
  const listIds = createListIds(db, counts);
  const selectSettled = db.prepare<[ids: string], TaskId>(
    `SELECT id FROM task WHERE id IN (SELECT value FROM JSON_EACH(?))
       AND (status = 'completed' OR deleted_at IS NOT NULL
         OR (status = 'cancelled' AND NOT EXISTS (SELECT 1 FROM checkpoint WHERE checkpoint.task_id = task.id)))
     ORDER BY id`,
  ).pluck();
  const selectUnestimated = db.prepare<[limit: number], TaskId>(
    `SELECT id FROM task INDEXED BY task_unestimated WHERE estimate IS NULL AND status IN ('pending', 'waiting') ORDER BY order_key DESC, id LIMIT ?`,
  ).pluck();

  const row = (id: TaskId): TaskRow | null => selectTask.get(id) ?? null;
  const rows = (ids: readonly TaskId[]): TaskRow[] => ids.map(row).filter((task) => task !== null);
  const packedRows = (ids: readonly TaskId[]): PackedRow[] => ids.map((id) => selectPacked.get(id)).filter((task) => task !== undefined);
  return {
    row,
    rows,
    packedRows,
    operations: {
      get: row,
      getMany: packedRows,
      list(filter) {
        const { ids, total } = listIds(filter);
        return { tasks: rows(ids), total };
      },
      counts,
      settledAmong: (ids) => selectSettled.all(JSON.stringify(ids)),
      withoutEstimate: (limit) => rows(selectUnestimated.all(limit)),
    },
  };
}

/** Ids of one page, newest first, and how many match in all. */
function createListIds(db: Database.Database, counts: () => StatusCounts): (filter: ListFilter) => { ids: readonly TaskId[]; total: number } {
  const selectAll = db.prepare<[limit: number, offset: number], TaskId>('SELECT id FROM task WHERE deleted_at IS NULL ORDER BY id DESC LIMIT ? OFFSET ?').pluck();
  // One status at a time: then the index task_list gives its newest ids in order, however many there are.
  const selectByStatus = db.prepare<[TaskStatus, limit: number], TaskId>('SELECT id FROM task INDEXED BY task_list WHERE status = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT ?').pluck();
  const byType = prepareMatching(db, MATCHES);
  const byIds = prepareMatching(db, `id IN (SELECT value FROM JSON_EACH(@ids)) AND ${MATCHES}`);

  return ({ status, type, ids, limit, offset }) => {
    const statuses = [...new Set(status ?? TASK_STATUSES)];
    if (type !== undefined || ids !== undefined) {
      const wanted = { ids: JSON.stringify(ids ?? []), statuses: JSON.stringify(statuses), types: JSON.stringify(type ?? TASK_TYPES) };
      const { select, count } = ids === undefined ? byType : byIds;
      return { ids: select.all({ ...wanted, limit, offset }), total: count.get(wanted) ?? 0 };
    }
    const byStatus = counts();
    const total = statuses.reduce((sum, name) => sum + byStatus[name], 0);
    if (status === undefined) return { ids: selectAll.all(limit, offset), total };
    const newest = statuses.flatMap((name) => selectByStatus.all(name, offset + limit)).sort((a, b) => b - a);
    return { ids: newest.slice(offset, offset + limit), total };
  };
}

/** Listed tasks of some statuses and types. */
const MATCHES = `deleted_at IS NULL AND status IN (SELECT value FROM JSON_EACH(@statuses)) AND type IN (SELECT value FROM JSON_EACH(@types))`;

interface Wanted {
  readonly ids: string;
  readonly statuses: string;
  readonly types: string;
}

function prepareMatching(db: Database.Database, condition: string) {
  return {
    select: db.prepare<Wanted & { limit: number; offset: number }, TaskId>(`SELECT id FROM task WHERE ${condition} ORDER BY id DESC LIMIT @limit OFFSET @offset`).pluck(),
    count: db.prepare<Wanted, number>(`SELECT COUNT(*) FROM task WHERE ${condition}`).pluck(),
  };
}
