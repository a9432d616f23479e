/** What is done with the files of a queue that is not open here. SQLite is loaded only when asked. */
import { access, readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backup } from '../../shared/backup-contract.ts';

/** The backups, newest first, and the names of what damage and restores left; without opening the queue. */
export async function inspectQueue(dataDir: string): Promise<{ backups: Backup[]; setAside: string[]; hasQueue: boolean }> {
  const { listBackups } = await import('./store/backups.ts');
  const setAside = await readdir(join(dataDir, 'set-aside')).catch(() => []);
  const hasQueue = await access(join(dataDir, 'longhaul.db')).then(() => true, () => false);
  return { backups: listBackups(dataDir), setAside: setAside.filter((name) => name.endsWith('.db')), hasQueue };
}

/** The database that was there is kept under `set-aside`. Throws STORE_OWNED while anybody has the folder open. */
export async function restoreBackup({ dataDir, name, now }: { dataDir: string; name: string; now: number }): Promise<{ backup: Backup; setAside: readonly string[] }> {
  const { restoreBackup: restore } = await import('./store/restore.ts');
  return restore({ dir: await realpath(dataDir), name, now });
}
