/** Clears away what is provably Longhaul's own and wanted no more: by the store's id in its name, and by what it is. Links and what only looks alike are left alone. */
import { lstat, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskId } from '../../../shared/task.ts';
import { workFolderName } from '../leftovers.ts';
import type { Store } from '../store/store.ts';

export interface SweepOptions {
  readonly workDir: string;
  readonly storeId: string;
}

/** Tasks that are asked about at once. */
const PORTION = 500;
/** Folders whose tasks changed lately are looked through for outputs under temporary names; older leftovers were found by an earlier start. */
const DRAFTS_SINCE_MS = 30 * 86_400_000;
const GONE = '.gone';

/** Before anything is claimed. Folders of tasks that are over, removed, or that nobody knows any more. */
export async function sweepWorkFolders(store: Pick<Store, 'settledAmong' | 'getMany'>, options: SweepOptions): Promise<void> {
  const { workDir, storeId } = options;
  // A work folder that is a link was put there by somebody, and so may be what it leads to.
  if ((await lstat(workDir).catch(() => null))?.isDirectory() !== true) return;
  await adoptUnmarked(store, options);
  const found = (await folderNames(workDir)).map((name) => ({ name, id: idOf(name, storeId) }));
  const own = found.filter((folder): folder is { name: string; id: TaskId } => folder.id !== null);
  for (let at = 0; at < own.length; at += PORTION) {
    const folders = own.slice(at, at + PORTION);
    const ids = folders.map(({ id }) => id);
    const [settled, known] = await Promise.all([store.settledAmong(ids), store.getMany(ids)]);
    const wanted = new Set(known.map(({ id }) => id).filter((id) => !settled.includes(id)));
    for (const { name, id } of folders) if (!wanted.has(id) || name.endsWith(GONE)) await rm(join(workDir, name), { recursive: true, force: true });
  }
}

/** Outputs under temporary names that a crash left of tasks which do not go on. May be slow where shares are: nothing waits for it. */
export async function sweepLostDrafts(store: Pick<Store, 'draftFolders' | 'draftsInUse'>, { storeId, now }: { storeId: string; now: number }): Promise<void> {
  for (const dir of await store.draftFolders(now - DRAFTS_SINCE_MS)) {
    const names = await readdir(dir).catch(() => []);
    const drafts = names.map((name) => ({ name, id: draftIdOf(name, storeId) })).filter((draft): draft is { name: string; id: TaskId } => draft.id !== null);
    if (drafts.length === 0) continue;
    // Asked after they were listed: what an attempt that begins now writes is not among them.
    const inUse = new Set(await store.draftsInUse([...new Set(drafts.map(({ id }) => id))]));
    for (const { name, id } of drafts) if (!inUse.has(id)) await removeFile(join(dir, name));
  }
}

/** Forgets the parts of tasks that failed or were cancelled so long ago. Their ids. */
export async function expireParts(store: Pick<Store, 'expireParts'>, { workDir, storeId, now, days }: SweepOptions & { readonly now: number; readonly days: number }): Promise<TaskId[]> {
  const sentence = `Its finished parts were cleared away after ${days} ${days === 1 ? 'day' : 'days'}. A retry starts over.`;
  const expired: TaskId[] = [];
  for (;;) {
    const ids = await store.expireParts({ before: now - days * 86_400_000, limit: PORTION, sentence, now });
    for (const id of ids) await removeFolder(workDir, workFolderName(storeId, id));
    expired.push(...ids);
    if (ids.length < PORTION) return expired;
  }
}

/** Under another name first: an attempt that begins meanwhile makes a folder of its own. */
async function removeFolder(workDir: string, name: string): Promise<void> {
  if ((await lstat(join(workDir, name)).catch(() => null))?.isDirectory() !== true) return;
  const gone = join(workDir, `${name}${GONE}`);
  await rename(join(workDir, name), gone).catch(() => undefined);
  await rm(gone, { recursive: true, force: true });
}

/** Longhaul 0.1 named the folders after the task alone; those of tasks that have begun get their new names, with the parts in them. */
async function adoptUnmarked(store: Pick<Store, 'getMany'>, { workDir, storeId }: SweepOptions): Promise<void> {
  const ids = (await folderNames(workDir)).filter((name) => /^[1-9]\d{0,14}$/.test(name)).map(Number);
  if (ids.length === 0) return;
  for (const { id, attempt } of await store.getMany(ids)) {
    const marked = join(workDir, workFolderName(storeId, id));
    if (attempt > 0 && (await lstat(marked).catch(() => null)) === null) await rename(join(workDir, String(id)), marked);
  }
}

/** Real folders alone: a link is none. */
async function folderNames(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function removeFile(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found?.isFile() === true) await rm(path, { force: true });
}

function idOf(name: string, storeId: string): TaskId | null {
  const bare = name.endsWith(GONE) ? name.slice(0, -GONE.length) : name;
  return bare.startsWith(`${storeId}-`) ? positive(bare.slice(storeId.length + 1)) : null;
}

/** As draftName of workers/drafts.ts makes them. */
function draftIdOf(name: string, storeId: string): TaskId | null {
  const prefix = `.longhaul-${storeId}-`;
  const [, id] = name.startsWith(prefix) ? (/^(\d+)-\d+-\d+\.part(\.|$)/.exec(name.slice(prefix.length)) ?? []) : [];
  return id === undefined ? null : positive(id);
}

function positive(text: string): TaskId | null {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}
