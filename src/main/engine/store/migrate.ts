/** Brings a database to today's version, a transaction a step, after a backup of what was there. */
import type Database from 'better-sqlite3';
import { TaskError } from '../../../shared/errors.ts';
import { backupName } from './backup-name.ts';
import { beginBackup, keepBackup } from './backups.ts';
import type { Migration } from './migrations/index.ts';

/** Throws STORE_FAILED for a database of a newer Longhaul; it is left untouched. */
export function migrate(db: Database.Database, options: { dir: string; now: number; migrations: readonly Migration[] }): void {
  const { dir, now, migrations } = options;
  const version = readVersion(db);
  const newest = migrations.at(-1)?.version ?? 0;
  if (version > newest) {
    throw new TaskError('STORE_FAILED', `The queue in ${dir} was written by a newer Longhaul (its version ${version}, this program knows up to ${newest}). Update Longhaul, or choose another data folder.`);
  }
  const due = migrations.filter((migration) => migration.version > version);
  if (version > 0 && due.length > 0) backUp(db, { dir, now, version });
  for (const migration of due) apply(db, migration);
}

function readVersion(db: Database.Database): number {
  const version = db.pragma('user_version', { simple: true });
  return typeof version === 'number' ? version : 0;
}

function apply(db: Database.Database, { version, sql }: Migration): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    db.exec(sql);
    db.pragma(`user_version = ${version}`);
    db.exec('COMMIT');
  } catch (thrown) {
    if (db.inTransaction) db.exec('ROLLBACK');
    throw thrown;
  }
}

/** A whole copy, checked and on the disk, as `backups/longhaul-v1-2026-11-23T10-00-00-000Z.db`. Nobody waits for the store yet. */
function backUp(db: Database.Database, { dir, now, version }: { dir: string; now: number; version: number }): void {
  const name = backupName(`v${version}`, now);
  db.prepare('VACUUM INTO ?').run(beginBackup(dir, name));
  keepBackup(dir, name);
}
