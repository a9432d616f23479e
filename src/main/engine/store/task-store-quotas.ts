/** What is counted per hour and month, and what a health check asks of the store itself. */
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import type { ScheduleOperations } from './schedule-operations.ts';

export function createQuotas(db: Database.Database): Pick<ScheduleOperations<unknown>, 'resetQuotas' | 'hasDueQuota'> {
  const reset = db.prepare<{ period: string; now: number; resetAt: number }>('UPDATE quota SET used = 0, reset_at = @resetAt WHERE period = @period AND reset_at <= @now');
  const selectDue = db.prepare<[period: string, now: number], number>('SELECT 1 FROM quota WHERE period = ? AND reset_at <= ? LIMIT 1').pluck();
  return {
    resetQuotas: (input) => reset.run(input).changes,
    hasDueQuota: (period, now) => selectDue.get(period, now) !== undefined,
  };
}

export function createHealth(db: Database.Database): Pick<ScheduleOperations<unknown>, 'staleLeases' | 'checkTable'> {
  const selectTables = db.prepare<[], string>(`SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`).pluck();
  const selectStale = db.prepare<[before: number], TaskId>(`SELECT id FROM task INDEXED BY task_running WHERE status = 'running' AND lease_until < ? ORDER BY id`).pluck();
  /** A table name can't be bound; these come from the schema itself. */
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const isLarge = (table: string, limit: number): boolean => db.prepare<[number], number>(`SELECT 1 FROM ${quoted(table)} LIMIT 1 OFFSET ?`).get(limit) !== undefined;
  return {
    staleLeases: (before) => selectStale.all(before),
    checkTable(at, limit) {
      const tables = selectTables.all();
      const table = tables[at % Math.max(1, tables.length)] ?? '';
      if (table === '' || isLarge(table, limit)) return { table, tables: tables.length, problems: null };
      const found: unknown = db.pragma(`quick_check(${quoted(table)})`);
      const lines = Array.isArray(found) ? found.map((row: unknown) => textOf(row)) : [];
      return { table, tables: tables.length, problems: lines.filter((line) => line !== 'ok') };
    },
  };
}

function textOf(row: unknown): string {
  return typeof row === 'object' && row !== null ? String(Object.values(row)[0]) : String(row);
}
