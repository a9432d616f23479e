/** Reads tasks. */
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import { keptStatements, type Bound } from './kept-statements.ts';
import { ERROR_CODE, listQuery, type ListQuery } from './list-sql.ts';
import type { Operations } from './operations.ts';
import type { PackedRow } from './packed-row.ts';
import { TASK_COLUMNS, type TaskRow } from './row.ts';
import type { StatusCounts, StatusTally } from './status-counts.ts';
import type { ListFilter } from './store.ts';

export interface Listing {
  readonly operations: Pick<Operations, 'get' | 'getMany' | 'list' | 'listIds' | 'causes' | 'counts' | 'settledAmong' | 'withoutEstimate'>;
  /** To decide by. */
  row(id: TaskId): TaskRow | null;
  /** To answer with. */
  packed(id: TaskId): PackedRow | null;
  /** The same in the order of the ids; unknown ones are left out. */
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
  const packed = (id: TaskId): PackedRow | null => selectPacked.get(id) ?? null;
  const packedRows = (ids: readonly TaskId[]): PackedRow[] => ids.map(packed).filter((task) => task !== null);
  return {
    row,
    packed,
    packedRows,
    operations: {
      get: packed,
      getMany: packedRows,
      list(filter) {
        const { ids, total } = listIds(filter);
        return { tasks: packedRows(ids), total };
      },
      listIds,
      causes: createCauses(db),
      counts,
      settledAmong: (ids) => selectSettled.all(JSON.stringify(ids)),
      withoutEstimate: (limit) => packedRows(selectUnestimated.all(limit)),
    },
  };
}

/** Ids of one page, and how many match in all. */
function createListIds(db: Database.Database, counts: () => StatusCounts): (filter: ListFilter) => { ids: readonly TaskId[]; total: number } {
  const statements = keptStatements<number>((sql) => db.prepare<[Bound], number>(sql).pluck());
  const all = (sql: string, values: Bound): number[] => statements(sql).all(values);

  const countIn = ({ countFrom, where, values }: ListQuery): number => all(`SELECT COUNT(*) FROM ${countFrom} WHERE ${where}`, values)[0] ?? 0;

  /** One status at a time: then the index task_list gives its first ids in order, however many there are. */
  const pageByStatus = (query: ListQuery, limit: number, offset: number): { ids: readonly TaskId[]; total: number } => {
    const { statuses, where, values, orderBy, isPlain } = query;
    const oneStatus = `status = @oneStatus AND ${where}`;
    const sql = `SELECT id FROM task INDEXED BY task_list WHERE ${oneStatus} ORDER BY ${orderBy} LIMIT @limit`;
    const found = statuses.map((name) => ({ name, ids: all(sql, { ...values, oneStatus: name, limit: offset + limit }) }));
    const kept = isPlain ? counts() : null;
    // Where a status has fewer than were asked for, they have been counted with that.
    const total = found.map(({ name, ids }) => kept?.[name] ?? (ids.length < offset + limit ? ids.length : countIn({ ...query, where: oneStatus, values: { ...values, oneStatus: name } })));
    const ids = found.flatMap((one) => one.ids).sort((a, b) => (orderBy === 'id ASC' ? a - b : b - a)).slice(offset, offset + limit);
    return { ids, total: total.reduce((sum, number) => sum + number, 0) };
  };

  return (filter) => {
    const { limit, offset } = filter;
    const query = listQuery(filter);
    const { from, where, values, orderBy } = query;
    if (query.isByStatus) return pageByStatus(query, limit, offset);
    if (query.isScan) {
      // Reading every row is what it costs: so once for the page and the total.
      const ids = all(`SELECT id FROM ${from} WHERE ${where} ORDER BY ${orderBy}`, values);
      return { ids: ids.slice(offset, offset + limit), total: ids.length };
    }
    const ids = all(`SELECT id FROM ${from} WHERE ${where} ORDER BY ${orderBy} LIMIT @limit OFFSET @offset`, { ...values, limit, offset });
    const kept = query.isPlain ? counts() : null;
    return { ids, total: kept === null ? countIn(query) : query.statuses.reduce((sum, name) => sum + kept[name], 0) };
  };
}

/** How many of the tasks that match failed for which reason, the most frequent first. */
function createCauses(db: Database.Database): Listing['operations']['causes'] {
  return (filter) => {
    const { from, where, values } = listQuery(filter);
    return db
      .prepare<[Readonly<Record<string, string | number>>], { code: string | null; tasks: number }>(
        `SELECT ${ERROR_CODE} AS code, COUNT(*) AS tasks FROM ${from} WHERE ${where} GROUP BY 1 ORDER BY tasks DESC, code`,
      )
      .all(values);
  };
}
