/** Says of dropped files what they are and what could be done with them, by names and first bytes alone. */
import type { InspectedFile } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import type { FileKind } from '../../../shared/settings.ts';
import { displayName } from '../media/display-name.ts';
import { inputSize, readHead } from '../media/input-file.ts';
import { inTurns } from './in-turns.ts';
import { readPath } from './pasted-path.ts';
import { verdictOf, type Verdict } from './signatures.ts';
import { walk, type Dropped } from './walk.ts';

export interface Inspection {
  /** As people dropped or pasted them. */
  readonly paths: readonly string[];
  readonly homeDir: string;
  /** Names of recipes for a kind of file, the suggested one first. */
  readonly recipesFor: (kind: FileKind) => string[];
  /** Files taken at most; others are counted. */
  readonly limit?: number;
}

/** Files looked at at a time. Node has four threads for files; a few more keep them busy, and a sleeping disk holds up only these. */
const AT_ONCE = 16;

export async function inspectDropped({ paths, homeDir, recipesFor, limit }: Inspection): Promise<{ files: InspectedFile[]; leftOut: number }> {
  const read = paths.map((path) => ({ path, absolute: readPath(path, homeDir) }));
  const unknown = read.filter(({ absolute }) => absolute === undefined).map(({ path }) => unusable(path, new TaskError('INPUT_MISSING', `${displayName(path)} is not the full path of a file. Paste the whole path, from the root or the drive's letter on.`)));
  const { found, leftOut } = await walk(read.flatMap(({ absolute }) => absolute ?? []), limit);
  const recipes = { video: recipesFor('video'), audio: recipesFor('audio') };
  const inTurn = inTurns(AT_ONCE);
  return { files: [...unknown, ...(await Promise.all(found.map((one) => inTurn(() => inspect(one, recipes)))))], leftOut };
}

async function inspect({ path, problem }: Dropped, recipes: Readonly<Record<FileKind, string[]>>): Promise<InspectedFile> {
  if (problem !== null) return unusable(path, problem);
  try {
    const sizeBytes = await inputSize(path);
    const verdict = verdictOf(path, await readHead(path));
    if (verdict === 'video' || verdict === 'audio') return { path, sizeBytes, kind: verdict, recipes: recipes[verdict], problem: null };
    return unusable(path, refusal(path, verdict), sizeBytes);
  } catch (error) {
    return unusable(path, error instanceof TaskError ? error : new TaskError('INPUT_UNREADABLE', `${displayName(path)} can't be read. Check the file and its disk, then add it again.`, { cause: error, details: String(error) }));
  }
}

function unusable(path: string, problem: TaskError, sizeBytes = 0): InspectedFile {
  return { path, sizeBytes, kind: 'other', recipes: [], problem: problem.toShape() };
}

function refusal(path: string, verdict: Exclude<Verdict, FileKind>): TaskError {
  const name = displayName(path);
  switch (verdict) {
    case 'playlist':
      return new TaskError('INPUT_NOT_ALLOWED', `${name} is a playlist that points to other files, whatever its name says. Add the media files themselves.`);
    case 'picture':
      return new TaskError('INPUT_NOT_MEDIA', `${name} is a picture, not a video or audio file. Choose another file.`);
    case 'disguised':
      return new TaskError('INPUT_NOT_MEDIA', `${name} is not a video or audio file. Its name may say so, its contents do not; choose another file.`);
    case 'zeros':
      return new TaskError('INPUT_DAMAGED', `${name} begins with nothing but zeros, as a copy or download that did not finish does. Copy or download it again.`);
    case 'other':
      return new TaskError('INPUT_NOT_MEDIA', `${name} is not a video or audio file. Choose another file.`);
  }
}
