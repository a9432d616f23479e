/** From a checked draft to a file under its final name: whole or not there, never over somebody else's, provable after a kill. */
import { link, lstat, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import type { Output } from '../../../shared/task.ts';
import { sha256OfFile, syncAndHash, syncFolder } from '../media/durable-file.ts';
import type { Draft } from '../handlers/handler.ts';
import type { IntendedOutput } from '../store/store.ts';

export interface Publication {
  readonly drafts: readonly Draft[];
  readonly outputDir: string;
  readonly inputs: readonly string[];
  readonly isOverwriting: boolean;
  /** Commits the intent; throws when the attempt no longer holds its lease. */
  saveIntent(outputs: readonly IntendedOutput[]): Promise<void>;
}

/** A set of names beyond this many taken ones means that something else is wrong with the folder. */
const MOST_NUMBERS = 10_000;

/** Syncs, hashes, writes the intent down, and gives the drafts their names: all of them or none. */
export async function publish(publication: Publication): Promise<Output[]> {
  if (publication.drafts.length === 0) return [];
  const sealed = [];
  for (const draft of publication.drafts) sealed.push({ draft, ...(await syncAndHash(draft.tempPath)) });
  for (let number = 1; number <= MOST_NUMBERS; number += 1) {
    const intended = sealed.map(({ draft, sizeBytes, sha256 }) => ({
      tempPath: draft.tempPath, path: join(publication.outputDir, numbered(draft.fileName, number)), sizeBytes, sha256,
    }));
    if (publication.isOverwriting) await refuseInputs(intended.map(({ path }) => path), publication.inputs);
    else if (await isAnyTaken(intended)) continue;
    await publication.saveIntent(intended);
    if (await placeAll(intended, publication.isOverwriting)) return intended.map(withoutTemp);
  }
  throw new TaskError('OUTPUT_NOT_WRITABLE', `No free name for ${sealed[0]?.draft.fileName ?? 'the output'} in ${publication.outputDir}. Choose another folder.`);
}

/**
 * Closes the gap that a kill between intent and completion leaves: what was placed stays, what was not is placed now.
 * Null: the files are not all there any more; nothing of the intent is left, and the work has to be done again.
 */
export async function settleIntent(intent: readonly IntendedOutput[], isOverwriting: boolean): Promise<Output[] | null> {
  const placed: IntendedOutput[] = [];
  for (const one of intent) {
    // The last look: a frozen attempt that was revived may have placed it between our look and our placing, which then finds the name taken.
    const isHere = (await holds(one.path, one)) || ((await holds(one.tempPath, one)) && (await placedByUs(one, isOverwriting))) || (await holds(one.path, one));
    if (!isHere) {
      await Promise.all([...placed.map(({ path }) => rm(path, { force: true })), ...intent.map(({ tempPath }) => rm(tempPath, { force: true }))]);
      return null;
    }
    placed.push(one);
    await rm(one.tempPath, { force: true });
  }
  await syncDirs(intent);
  return intent.map(withoutTemp);
}

/** False also when the draft went while we placed it: whoever took it has placed it. */
async function placedByUs(one: IntendedOutput, isOverwriting: boolean): Promise<boolean> {
  return place(one, isOverwriting).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'LEASE_LOST') return false;
    throw error;
  });
}

/** `clip.mp4` → `clip (2).mp4`. */
export function numbered(fileName: string, number: number): string {
  if (number === 1) return fileName;
  const extension = extname(fileName);
  return `${basename(fileName, extension)} (${number})${extension}`;
}

/** Refuses an output that is one of the inputs under any name (links included), as far as it exists. */
export async function refuseInputs(paths: readonly string[], inputs: readonly string[]): Promise<void> {
  const identities = new Set((await Promise.all(inputs.map(identity))).filter((one) => one !== null));
  for (const path of paths) {
    const own = await identity(path);
    if (own !== null && identities.has(own)) {
      throw new TaskError('OUTPUT_IS_INPUT', `The output ${path} would overwrite its own input. Choose another folder with --out, or leave overwrite off.`);
    }
  }
}

async function placeAll(intended: readonly IntendedOutput[], isOverwriting: boolean): Promise<boolean> {
  const placed: IntendedOutput[] = [];
  for (const one of intended) {
    if (!(await place(one, isOverwriting))) {
      // Somebody took the name since we looked: take the others back and try the next number.
      for (const { path, tempPath } of placed) await rename(path, tempPath);
      return false;
    }
    placed.push(one);
  }
  await syncDirs(intended);
  return true;
}

/** Gives one file its name. False: the name is taken. `link` fails on an existing name where `rename` would replace it. */
async function place({ tempPath, path }: IntendedOutput, isOverwriting: boolean): Promise<boolean> {
  if (isOverwriting) {
    await rename(tempPath, path);
    return true;
  }
  try {
    await link(tempPath, path);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return isPlacedAlready(tempPath, path);
    if (!LINKLESS.has(codeOf(error))) throw error;
    return placeWithoutLinks(tempPath, path);
  }
  await rm(tempPath, { force: true });
  return true;
}

/** Whether the file under the name is the draft itself: another attempt, of which this one did not know, settled the same intent. */
async function isPlacedAlready(tempPath: string, path: string): Promise<boolean> {
  const [draft, placed] = await Promise.all([identity(tempPath), identity(path)]);
  if (draft === null) throw new TaskError('LEASE_LOST', `The draft of ${path} is gone: another attempt has published it.`);
  if (draft !== placed) return false;
  await rm(tempPath, { force: true });
  return true;
}

/** What file systems without hard links answer (FAT, exFAT, many network shares). */
const LINKLESS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK', 'UNKNOWN']);

/** Reserves the name with an empty file of ours, then replaces that. */
async function placeWithoutLinks(tempPath: string, path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx')).close();
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  await rename(tempPath, path);
  return true;
}

async function isAnyTaken(intended: readonly IntendedOutput[]): Promise<boolean> {
  for (const { path } of intended) {
    const isTaken = await lstat(path).then(() => true, (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    });
    if (isTaken) return true;
  }
  return false;
}

async function holds(path: string, expected: Output): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.size === expected.sizeBytes && (await sha256OfFile(path).catch(nullIfGone)) === expected.sha256;
}

async function syncDirs(outputs: readonly Output[]): Promise<void> {
  for (const dir of new Set(outputs.map(({ path }) => dirname(path)))) await syncFolder(dir);
}

async function identity(path: string): Promise<string | null> {
  try {
    const { dev, ino } = await stat(await realpath(path), { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}

function withoutTemp({ path, sizeBytes, sha256 }: IntendedOutput): Output {
  return { path, sizeBytes, sha256 };
}

function nullIfGone(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
