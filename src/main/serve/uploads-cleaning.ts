/** Takes away uploads that no task needs any more. Results beside them stay: they are the user's. */
import { readdir, readFile, rm, rmdir, stat, unlink } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import type { EngineApi } from '../../shared/contract.ts';
import { MARK_NAME, PART_NAME } from './uploads.ts';

/** An upload may wait in an open intake for its task; after a day nobody is coming back for it. */
const MIN_AGE_MS = 24 * 60 * 60 * 1000;
/** Tasks looked at in one go: a few megabytes. */
const PAGE_SIZE = 1_000;

/** Names of the folders of uploads. Asked before the first upload can come: what is half there then was left by a crash. */
export async function listUploadFolders(uploadsDir: string): Promise<string[]> {
  return (await readdir(uploadsDir).catch(() => [])).filter((name) => /^[0-9a-f]{16}$/.test(name));
}

/** Clears those of the folders that no task needs; gives their number. now: epoch milliseconds. */
export async function cleanUploads(api: Pick<EngineApi, 'listTasks'>, uploadsDir: string, folders: readonly string[], now: number): Promise<number> {
  if (folders.length === 0) return 0;
  const needed = await foldersOfTasks(api, uploadsDir);
  let count = 0;
  for (const name of folders) {
    if (!needed.has(name) && (await clearFolder(join(uploadsDir, name), now))) count += 1;
  }
  return count;
}

async function foldersOfTasks(api: Pick<EngineApi, 'listTasks'>, uploadsDir: string): Promise<Set<string>> {
  const folders = new Set<string>();
  for (let offset = 0; ; offset += PAGE_SIZE) {
    const { tasks, total } = await api.listTasks({ limit: PAGE_SIZE, offset });
    for (const path of tasks.flatMap(({ inputs }) => inputs)) {
      const [folder = ''] = relative(uploadsDir, path).split(sep);
      folders.add(folder);
    }
    if (offset + PAGE_SIZE >= total) return folders;
  }
}

async function clearFolder(folder: string, now: number): Promise<boolean> {
  const names = await readdir(folder);
  if (names.includes(PART_NAME)) {
    await rm(folder, { recursive: true, force: true });
    return true;
  }
  const upload = await readFile(join(folder, MARK_NAME), 'utf8').catch(() => null);
  const stats = upload === null ? null : await stat(join(folder, basename(upload))).catch(() => null);
  if (upload === null || stats === null || now - stats.ctimeMs < MIN_AGE_MS) return false;
  await unlink(join(folder, basename(upload)));
  await unlink(join(folder, MARK_NAME));
  await rmdir(folder).catch(keepsResults);
  return true;
}

function keepsResults(error: unknown): void {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')) return;
  throw error;
}
