/** Writes a copy of the database as a file of an export. For code that may wait. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import * as z from 'zod';
import { TaskError } from '../../../shared/errors.ts';
import { isSettingName } from '../../../shared/settings.ts';
import { EXPORTED_TABLES, EXPORT_VERSION, exportedRow, type Exported, type ExportedRow, type ExportHead } from './export-format.ts';
import { parseJson } from './row.ts';
import { syncFolder } from './sync-folder.ts';

/** The copy goes afterwards. The file has its name only once it is complete and on the disk; one that is there is not replaced. */
export function exportRows({ copy, file, now }: { copy: string; file: string; now: number }): Exported {
  const part = `${file}.part`;
  try {
    if (existsSync(file)) throw new TaskError('USAGE', `${file} is there already. Choose another name, or move it away.`);
    const counts = writeAll(copy, part, now);
    renameSync(part, file);
    syncFolder(dirname(file));
    return { ...counts, sizeBytes: statSync(file).size };
  } catch (thrown) {
    rmSync(part, { force: true });
    throw thrown;
  } finally {
    for (const left of [copy, `${copy}-wal`]) rmSync(left, { force: true });
  }
}

/** Written at once: large enough that system calls do not count. */
const CHUNK_CHARS = 1 << 20;

function writeAll(copy: string, part: string, now: number): Omit<Exported, 'sizeBytes'> {
  const db = new Database(copy, { fileMustExist: true, timeout: 0 });
  const target = openSync(part, 'w', 0o600);
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    const counts = { task: 0, task_group: 0, schedule: 0 };
    let [text, rows] = [`${JSON.stringify(headOf(db, now))}\n`, 0];
    for (const { table, row } of everyRow(db)) {
      if (table === 'task' || table === 'task_group' || table === 'schedule') counts[table] += 1;
      rows += 1;
      text += `${JSON.stringify({ table, row } satisfies ExportedRow)}\n`;
      if (text.length < CHUNK_CHARS) continue;
      writeWhole(target, text);
      text = '';
    }
    writeWhole(target, `${text}${JSON.stringify({ end: { rows } })}\n`);
    fsyncSync(target);
    return { tasks: counts.task, groups: counts.task_group, schedules: counts.schedule };
  } finally {
    closeSync(target);
    db.close();
  }
}

function writeWhole(target: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(target, bytes, written);
}

function headOf(db: Database.Database, now: number): ExportHead {
  const storeId = z.string().safeParse(db.prepare(`SELECT value FROM setting WHERE name = 'storeId'`).pluck().get()).data ?? 'unknown';
  return { longhaulQueue: EXPORT_VERSION, exportId: `${storeId}-${String(now)}`, storeId, createdAt: now };
}

function* everyRow(db: Database.Database): Generator<ExportedRow> {
  for (const table of EXPORTED_TABLES) {
    // All columns, also those of later versions. By their key, which is the order in which they were made.
    for (const row of db.prepare(`SELECT * FROM ${table} ORDER BY 1`).iterate()) {
      const safe = withoutSecrets(exportedRow.parse({ table, row }));
      if (safe !== null) yield safe;
    }
  }
}

/** Null: the whole row is not told. */
function withoutSecrets({ table, row }: ExportedRow): ExportedRow | null {
  if (table === 'setting') {
    const { name } = row;
    return typeof name === 'string' && isSettingName(name) && !/pass|secret|token|credential|apikey|url/i.test(name) ? { table, row } : null;
  }
  if (table !== 'task' || row['notify'] === '[]') return { table, row };
  const targets = z.array(z.string()).safeParse(parseJson(String(row['notify']))).data ?? [];
  return { table, row: { ...row, notify: JSON.stringify(targets.filter((target) => !/^https?:/i.test(target))) } };
}
