/** A note in the data folder that says which process opened it last. The lock decides who owns it; this only gives the owner a name. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FILE_NAME = 'owner';

/** Writes this process's id down. It is no harm when that fails: the note serves messages and patience only. */
export async function noteOwner(dataDir: string, pid: number): Promise<void> {
  await writeFile(join(dataDir, FILE_NAME), `${String(pid)}\n`, { mode: 0o600 }).catch(() => undefined);
}

/** The process id in the note; null where there is none. */
export async function readOwner(dataDir: string): Promise<number | null> {
  const text = await readFile(join(dataDir, FILE_NAME), 'utf8').catch(() => '');
  return /^\d{1,10}\n$/.test(text) ? Number(text) : null;
}
