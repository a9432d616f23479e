/** Looks into a closed queue, past the store. */
import { join } from 'node:path';
import Database from 'better-sqlite3';

/** The first value of the first row. */
export function readDatabase(dir: string, sql: string): unknown {
  const db = new Database(join(dir, 'longhaul.db'), { readonly: true });
  try {
    return db.prepare(sql).pluck().get();
  } finally {
    db.close();
  }
}
