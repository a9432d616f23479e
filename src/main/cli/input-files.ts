/** The FILEs of a command line, checked before anything is added. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { TaskError } from '../../shared/errors.ts';
import { usage } from './values.ts';

/** Absolute paths of files that are there. The first one that is not ends it: nothing is added then. */
export async function resolveFiles(names: readonly string[], workingDir: string): Promise<string[]> {
  if (names.length === 0) throw usage('Name at least one file, for example `longhaul add interview.mp4 --recipe transcript`.');
  const paths = names.map((name) => resolve(workingDir, name));
  for (const path of paths) await assertFile(path);
  return paths;
}

async function assertFile(path: string): Promise<void> {
  const stats = await stat(path).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new TaskError('INPUT_MISSING', `There is no file ${path}. Nothing was added.`);
    if (code === 'ENAMETOOLONG') throw new TaskError('INPUT_MISSING', `There is no file ${path}: the name is longer than any file's. Nothing was added.`);
    throw new TaskError('INPUT_NOT_ALLOWED', `${path} can't be looked at (${String(code)}). Check its permissions; nothing was added.`, { cause: error });
  });
  if (stats.isDirectory()) throw new TaskError('INPUT_NOT_ALLOWED', `${path} is a folder. Name the files in it; nothing was added.`);
  if (!stats.isFile()) throw new TaskError('INPUT_NOT_ALLOWED', `${path} is no ordinary file. Copy what it gives into a file first; nothing was added.`);
}
