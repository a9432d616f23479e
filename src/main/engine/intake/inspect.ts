/** Says of dropped files what they are and what could be done with them, by names and first bytes alone. */
import type { InspectedFile } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import type { FileKind } from '../../../shared/settings.ts';
import { displayName } from '../media/display-name.ts';
import { inputSizeAndHead } from '../media/input-file.ts';
import { readPath } from './pasted-path.ts';
import { verdictOf, type Verdict } from './signatures.ts';
import { Walk, type Dropped } from './walk.ts';

/** What is to be inspected, and with what in mind. */
export interface Wish {
  /** As people dropped or pasted them. */
  readonly paths: readonly string[];
  readonly homeDir: string;
  /** Names of recipes for a kind of file, the suggested one first. */
  readonly recipesFor: (kind: FileKind) => string[];
  /** Files taken at most; others are counted. */
  readonly limit?: number;
}

/** Some of the files. */
export interface Inspected {
  readonly files: InspectedFile[];
  /** Files beyond the limit that were met meanwhile. */
  readonly leftOut: number;
  readonly isDone: boolean;
}

/** Files looked at at a time. Node has four threads for files: these keep them busy, and on a slow share they are still done soon. */
const AT_ONCE = 32;

/** Goes through dropped paths as far as it is asked to. */
export class Inspection {
  readonly #walk: Walk;
  readonly #recipes: Readonly<Record<FileKind, string[]>>;

  constructor({ paths, homeDir, recipesFor, limit }: Wish) {
    this.#walk = new Walk(paths.map((path) => namedPath(path, homeDir)), limit);
    this.#recipes = { video: recipesFor('video'), audio: recipesFor('audio'), image: recipesFor('image'), document: recipesFor('document'), mesh: recipesFor('mesh') };
  }

  /** All that is left; or what was looked at before it isOver, which is asked after every few files. */
  async next(isOver: () => boolean = () => false): Promise<Inspected> {
    const files: InspectedFile[] = [];
    let leftOut = 0;
    for (;;) {
      const walked = await this.#walk.next(AT_ONCE, isOver);
      files.push(...(await Promise.all(walked.found.map((one) => inspect(one, this.#recipes)))));
      leftOut += walked.leftOut;
      if (walked.isDone || isOver()) return { files, leftOut, isDone: walked.isDone };
    }
  }
}

function namedPath(path: string, homeDir: string): Dropped {
  const absolute = readPath(path, homeDir);
  if (absolute !== undefined) return { path: absolute, problem: null };
  return { path, problem: new TaskError('INPUT_MISSING', `${displayName(path)} is not the full path of a file. Paste the whole path, from the root or the drive's letter on.`) };
}

async function inspect({ path, problem }: Dropped, recipes: Readonly<Record<FileKind, string[]>>): Promise<InspectedFile> {
  if (problem !== null) return unusable(path, problem);
  try {
    const { sizeBytes, head } = await inputSizeAndHead(path);
    const verdict = verdictOf(path, head, sizeBytes);
    if (isUsable(verdict)) return { path, sizeBytes, kind: verdict, recipes: recipesOf(verdict, head, recipes), problem: null };
    return unusable(path, refusal(path, verdict), sizeBytes);
  } catch (error) {
    return unusable(path, error instanceof TaskError ? error : new TaskError('INPUT_UNREADABLE', `${displayName(path)} can't be read. Check the file and its disk, then add it again.`, { cause: error, details: String(error) }));
  }
}

/** A GIF is a picture that may move: what is made from films can be made from it too. */
function recipesOf(kind: FileKind, head: Buffer, recipes: Readonly<Record<FileKind, string[]>>): string[] {
  if (kind !== 'image' || !/^GIF8/.test(head.toString('latin1', 0, 4))) return recipes[kind];
  const ofSound = new Set(recipes.audio);
  return [...recipes.image, ...recipes.video.filter((name) => !ofSound.has(name))];
}

function isUsable(verdict: Verdict): verdict is FileKind {
  return verdict === 'video' || verdict === 'audio' || verdict === 'image' || verdict === 'document' || verdict === 'mesh';
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
      return new TaskError('INPUT_NOT_MEDIA', `${name} is a picture of a kind that Longhaul can't read. Save it as PNG, TIFF or JPEG with the program that it comes from.`);
    case 'disguised':
      return new TaskError('INPUT_NOT_MEDIA', `${name} does not hold what its name says. Choose another file.`);
    case 'zeros':
      return new TaskError('INPUT_DAMAGED', `${name} begins with nothing but zeros, as a copy or download that did not finish does. Copy or download it again.`);
    case 'other':
      return new TaskError('INPUT_NOT_MEDIA', `${name} is of a kind that Longhaul can do nothing with. Choose video, audio, pictures, documents or 3D models.`);
  }
}
