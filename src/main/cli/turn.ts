/**
 * Whose turn it is to open a data folder, as a file with a process id. Only the database's lock decides who owns the folder;
 * the turn keeps others from trying the lock in vain, which costs a thread each time and starves them all when they are many.
 * So a wrong note does no harm: after a while the lock is tried in spite of it.
 */
import { readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDataDir } from '../engine/index.ts';

const FILE_NAME = 'owner';

/** True: it is this process's turn, or notes can't be kept there. Else somebody else's; see readTurn. */
export async function takeTurn(dataDir: string, pid: number): Promise<boolean> {
  const path = join(dataDir, FILE_NAME);
  try {
    await makeDataDir(dataDir);
  } catch {
    // Opening the folder will say what is wrong with it.
    return true;
  }
  try {
    const isLeftover = (await readFile(path, 'utf8').catch(() => '')) !== '' && (await readTurn(dataDir)) === null;
    if (isLeftover) await unlink(path).catch(() => undefined);
    await writeFile(path, `${String(pid)}\n`, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EEXIST');
  }
}

/** Gives the turn back where it is still this process's. */
export async function endTurn(dataDir: string, pid: number): Promise<void> {
  if ((await readTurn(dataDir)) === pid) await unlink(join(dataDir, FILE_NAME)).catch(() => undefined);
}

/** The living process whose turn it is; null: nobody's. */
export async function readTurn(dataDir: string): Promise<number | null> {
  const text = await readFile(join(dataDir, FILE_NAME), 'utf8').catch(() => '');
  const pid = /^[1-9]\d{0,9}\n$/.test(text) ? Number(text) : null;
  return pid !== null && isAlive(pid) ? pid : null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: not ours to signal, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
