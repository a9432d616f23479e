/** Which subtitle files a task means: those it names, those that the tasks before it made, or those that lie beside the film. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from '../media/display-name.ts';
import { isSubtitleName } from '../media/subtitle-file.ts';
import type { AttemptContext } from './handler.ts';

type Asking = Pick<AttemptContext<unknown, unknown, unknown>, 'task' | 'dependencies'>;

/** Absolute paths, at least one. Throws INPUT_MISSING where there is none. */
export async function findSubtitleFiles({ task, dependencies }: Asking, named: readonly string[]): Promise<string[]> {
  const film = task.inputs[0] ?? '';
  if (named.length > 0) return named.map(requireAbsolute);
  const made = dependencies.flatMap(({ outputs }) => outputs.map(({ path }) => path)).filter(isSubtitleName);
  // A transcript comes in several formats: they say the same.
  const [best] = ['.srt', '.vtt', '.ass'].flatMap((extension) => made.filter((path) => extname(path).toLowerCase() === extension));
  if (best !== undefined) return [best];
  const beside = await besideFilm(film);
  if (beside.length > 0) return beside;
  throw new TaskError('INPUT_MISSING', `There are no subtitles for ${displayName(film)}: no file was named, and none with its name (${displayName(stem(film))}.srt) lies beside it. Name one, or make a transcript first.`);
}

/** `film.srt`, `film.en.srt`: sorted, so that the same folder always gives the same order. */
async function besideFilm(film: string): Promise<string[]> {
  const names = await readdir(dirname(film)).catch(() => []);
  const start = `${stem(film)}.`;
  return names.filter((name) => isSubtitleName(name) && name.startsWith(start) && /^[A-Za-z-]{0,12}\.?[a-z]{3}$/i.test(name.slice(start.length))).sort().map((name) => join(dirname(film), name));
}

function stem(path: string): string {
  return basename(path, extname(path));
}

function requireAbsolute(path: string): string {
  if (isAbsolute(path)) return path;
  throw new TaskError('OPTION_INVALID', `${path} must be a whole path, from the root of its disk. Name the file with its folder.`);
}
