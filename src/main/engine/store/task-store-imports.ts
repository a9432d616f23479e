/** Takes rows of an exported queue in: with new ids, references kept, nothing running, nothing twice. */
import type Database from 'better-sqlite3';
import { taskStatus, type TaskId, type TaskStatus } from '../../../shared/task.ts';
import type { Imported } from './backup-store.ts';
import type { ExportedRow, ExportedTable } from './export-format.ts';
import type { StatusTally } from './status-counts.ts';

type Cells = ExportedRow['row'];
/** What has an id of its own that others refer to. */
type Kind = 'task' | 'task_group' | 'schedule' | 'watch_rule';

export interface ImportInput {
  readonly exportId: string;
  /** The file came from this very queue: tasks that are still here are theirs. */
  readonly isOwn: boolean;
  readonly rows: readonly ExportedRow[];
  /** The line of the first row: what was taken in before, up to it, is passed over. */
  readonly firstLine: number;
  readonly now: number;
}

/** firstId: of the new tasks; their ids follow each other. */
export interface ImportedRows extends Imported {
  readonly firstId: TaskId | null;
}

export interface ImportOperations {
  importRows(input: ImportInput): ImportedRows;
  /** Counts anew what imported tasks wait for: some of it may have ended meanwhile. */
  finishImport(exportId: string): null;
}

const REFERENCES: Readonly<Record<ExportedTable, Readonly<Record<string, Kind>>>> = {
  setting: {}, task_group: {}, schedule: {}, pace: {},
  task: { parent_id: 'task', group_id: 'task_group', schedule_id: 'schedule' },
  dependency: { task_id: 'task', depends_on_id: 'task' }, task_source: { task_id: 'task', depends_on_id: 'task' },
  attempt: { task_id: 'task' }, document: { task_id: 'task' }, checkpoint: { task_id: 'task' }, checkpoint_part: { task_id: 'task' }, task_log: { task_id: 'task' },
  watch_rule: { group_id: 'task_group' }, taken_file: { schedule_id: 'schedule', rule_id: 'watch_rule', task_id: 'task' },
};
const WITH_OWN_ID: readonly ExportedTable[] = ['task', 'task_group', 'schedule', 'task_log', 'pace', 'watch_rule', 'taken_file'];
/** References that may lead to what is not here any more: the row stands without them. */
const LOOSE: Readonly<Partial<Record<ExportedTable, readonly string[]>>> = { task: ['parent_id', 'group_id', 'schedule_id'], watch_rule: ['group_id'], taken_file: ['task_id'] };
/** Where a running task goes by what its user had wished. */
const AFTER_RUNNING: Readonly<Record<string, TaskStatus>> = { pause: 'paused', cancel: 'cancelled', remove: 'cancelled' };

export function createImports(db: Database.Database, tally: StatusTally): ImportOperations {
  const ids = createIdMap(db);
  const insert = createInsert(db);
  const selectOwn = db.prepare<[id: unknown, createdAt: unknown], TaskId>('SELECT id FROM task WHERE id = ? AND created_at = ?').pluck();
  const selectSchedule = db.prepare<[name: unknown], number>('SELECT id FROM schedule WHERE name = ?').pluck();
  const selectRule = db.prepare<[name: unknown], number>('SELECT id FROM watch_rule WHERE name = ?').pluck();
  const selectOccasion = db.prepare<[schedule: unknown, at: unknown], TaskId>('SELECT id FROM task WHERE schedule_id = ? AND scheduled_for = ?').pluck();
  const recount = db.prepare<[exportId: string]>(RECOUNT);

  /** Null: what it belongs to is not here. */
  const translated = ({ table, row }: ExportedRow, exportId: string): Cells | null => {
    const cells: Cells = { ...row };
    for (const [column, kind] of Object.entries(REFERENCES[table])) {
      const old = row[column];
      if (typeof old !== 'number') continue;
      const found = ids.find(exportId, kind, old);
      if (found === undefined && LOOSE[table]?.includes(column) !== true) return null;
      cells[column] = found ?? null;
    }
    return cells;
  };

  const insertTask = (row: Cells, exportId: string): TaskId => {
    const cells = settledOrOpen(translated({ table: 'task', row }, exportId) ?? row);
    const isTaken = cells['schedule_id'] === null || selectOccasion.get(cells['schedule_id'], cells['scheduled_for']) !== undefined;
    const id = insert('task', isTaken ? { ...cells, schedule_id: null, scheduled_for: null } : cells);
    if (cells['deleted_at'] === null) tally.added(taskStatus.parse(cells['status']), 1);
    return id;
  };

  return {
    importRows({ exportId, isOwn, rows, firstLine }) {
      let firstId: TaskId | null = null;
      const done = { tasks: 0, groups: 0, schedules: 0, skipped: 0 };
      const reached = ids.reached(exportId);
      rows.forEach((one, place) => {
        const { table, row } = one;
        if (firstLine + place <= reached) {
          if (table === 'task') done.skipped += 1;
          return;
        }
        const old = row['id'];
        if (table === 'task' && typeof old === 'number') {
          const own = isOwn ? selectOwn.get(old, row['created_at']) : undefined;
          const id = own ?? insertTask(row, exportId);
          ids.note(exportId, 'task', old, id);
          if (own !== undefined) done.skipped += 1;
          else {
            done.tasks += 1;
            firstId ??= id;
          }
        } else if (table === 'schedule' && typeof old === 'number') {
          const known = selectSchedule.get(row['name']);
          ids.note(exportId, 'schedule', old, known ?? insert('schedule', row));
          if (known === undefined) done.schedules += 1;
        } else if (table === 'watch_rule' && typeof old === 'number') {
          const known = selectRule.get(row['name']);
          // Its folders may be other ones here: somebody has a look before it takes, moves or deletes anything.
          ids.note(exportId, 'watch_rule', old, known ?? insert('watch_rule', { ...(translated(one, exportId) ?? row), is_enabled: 0 }));
        } else if (table === 'task_group' && typeof old === 'number') {
          ids.note(exportId, 'task_group', old, insert('task_group', row));
          done.groups += 1;
        } else {
          const cells = translated(one, exportId);
          if (cells !== null && !(isOwn && cells['task_id'] === row['task_id'] && table !== 'pace' && table !== 'setting' && table !== 'taken_file')) insert(table, cells);
        }
      });
      ids.reach(exportId, firstLine + rows.length - 1);
      return { ...done, firstId };
    },
    finishImport(exportId) {
      recount.run(exportId);
      return null;
    },
  };
}

/** A task that ran there has no worker here. Its checkpoint is kept; parts whose files are not here are made again. */
function settledOrOpen(cells: Cells): Cells {
  const status = cells['status'] === 'running' ? (AFTER_RUNNING[String(cells['stop_requested'])] ?? 'pending') : (cells['status'] ?? null);
  return { ...cells, status, lease_owner: null, lease_until: null, stop_requested: null, claimed_at: null };
}

/** A column that this version does not know is left out: an older file has fewer, and a newer one is refused by its head. */
function createInsert(db: Database.Database): (table: ExportedTable, cells: Cells) => number {
  const known = new Map<ExportedTable, ReadonlySet<string>>();
  const columnsOf = (table: ExportedTable): ReadonlySet<string> => {
    const found = known.get(table) ?? new Set(db.prepare<[], string>(`SELECT name FROM pragma_table_info('${table}')`).pluck().all());
    known.set(table, found);
    return found;
  };
  const statements = new Map<string, Database.Statement<unknown[]>>();
  return (table, cells) => {
    const columns = Object.keys(cells).filter((name) => columnsOf(table).has(name) && !(name === 'id' && WITH_OWN_ID.includes(table)));
    const sql = `INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
    // OR IGNORE passes over a broken CHECK or NOT NULL too; what others refer to must not get lost without a word.
    const text = table === 'task' || table === 'task_group' || table === 'schedule' || table === 'watch_rule' ? sql.replace(' OR IGNORE', '') : sql;
    const statement = statements.get(text) ?? db.prepare<unknown[]>(text);
    statements.set(text, statement);
    return Number(statement.run(...columns.map((name) => cells[name])).lastInsertRowid);
  };
}

function createIdMap(db: Database.Database) {
  const select = db.prepare<[exportId: string, kind: string, old: number], number>('SELECT new_id FROM imported WHERE export_id = ? AND kind = ? AND old_id = ?').pluck();
  const upsert = db.prepare<[exportId: string, kind: string, old: number, id: number]>('INSERT INTO imported (export_id, kind, old_id, new_id) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET new_id = excluded.new_id');
  return {
    find: (exportId: string, kind: Kind, old: number): number | undefined => select.get(exportId, kind, old),
    note: (exportId: string, kind: Kind, old: number, id: number): void => void upsert.run(exportId, kind, old, id),
    /** The last line that was taken in. */
    reached: (exportId: string): number => select.get(exportId, 'line', 0) ?? 0,
    reach: (exportId: string, line: number): void => void upsert.run(exportId, 'line', 0, Math.max(line, select.get(exportId, 'line', 0) ?? 0)),
  };
}

const RECOUNT = `UPDATE task SET open_dependencies = (
    SELECT COUNT(*) FROM dependency JOIN task AS other ON other.id = dependency.depends_on_id
    WHERE dependency.task_id = task.id AND other.status NOT IN ('completed', CASE task.dependency_mode WHEN 'settled' THEN 'failed' ELSE '' END, CASE task.dependency_mode WHEN 'settled' THEN 'cancelled' ELSE '' END))
  WHERE status = 'waiting' AND id IN (SELECT new_id FROM imported WHERE export_id = ? AND kind = 'task')`;
