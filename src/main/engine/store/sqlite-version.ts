/** The version of the SQLite that the store uses. Loads it only when asked. */
import * as z from 'zod';

export async function sqliteVersion(): Promise<string> {
  const { default: Database } = await import('better-sqlite3');
  const db = new Database(':memory:');
  try {
    return z.string().parse(db.prepare('SELECT sqlite_version()').pluck().get());
  } finally {
    db.close();
  }
}
