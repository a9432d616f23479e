/** Several files one after the other: copied where their streams agree, made alike first where that was asked for. */
import { writeFile } from 'node:fs/promises';
import { isAbsolute, join as joinPath } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import { displayName } from '../../media/display-name.ts';
import { inputUrl, joinListArguments } from '../../media/ffmpeg-input.ts';
import { probeMedia } from '../../media/ffprobe.ts';
import { audioStreams, filmStreams, type MediaInfo } from '../../media/media-info.ts';
import { streamSignatures } from '../../media/stream-signature.ts';
import type { FilmSource } from '../film-source.ts';
import { outputName } from '../output-name.ts';
import { chooseContainer } from './containers.ts';
import { copyStreams } from './copy-streams.ts';
import { convertAndJoin } from './join-convert.ts';
import { writeDraft, type EditContext, type Edited } from './work.ts';

const LIST_NAME = 'join.ffconcat';
/** Each joint may round by a frame. */
const TOLERANCE_PER_FILE_SECONDS = 0.1;

export async function join(context: EditContext, source: FilmSource): Promise<Edited> {
  const paths = [source.path, ...furtherFiles(context)];
  if (paths.length < 2) throw new TaskError('OPTION_INVALID', `There is nothing to join ${displayName(source.path)} with. Name the files that follow: --set files=/path/two.mp4,/path/three.mp4.`);
  const medias: MediaInfo[] = [source.media];
  for (const path of paths.slice(1)) medias.push(await probeMedia(path, { ffprobePath: context.tools.ffprobePath, signal: context.signal }));
  const difference = await differenceOf(context, medias);
  if (difference === null) return copyAll(context, source, medias);
  if (context.task.options.mismatch === 'refuse') throw new TaskError('OPTION_INVALID', `These files can't be joined as they are: ${difference}. Set mismatch=convert to make them alike first.`);
  context.log(`${difference}: the files are made alike first`);
  return convertAndJoin(context, source, medias);
}

/** Those that the option names, else what the tasks before have made. */
function furtherFiles({ task, dependencies }: EditContext): string[] {
  const wrong = task.options.files.find((path) => !isAbsolute(path));
  if (wrong !== undefined) throw new TaskError('OPTION_INVALID', `${wrong} must be a whole path, from the root of its disk. Name the file with its folder.`);
  if (task.options.files.length > 0) return [...task.options.files];
  return dependencies.flatMap(({ outputs }) => outputs.map(({ path }) => path)).filter((path) => path !== task.inputs[0]);
}

/** Null: all agree. Else one sentence's worth of what does not. */
async function differenceOf(context: EditContext, medias: readonly MediaInfo[]): Promise<string | null> {
  const [first] = medias;
  if (first === undefined) return null;
  const wanted = await streamSignatures(first.path, context.tools.ffprobePath, context.signal);
  for (const media of medias.slice(1)) {
    const found = await streamSignatures(media.path, context.tools.ffprobePath, context.signal);
    const [name, other] = [displayName(first.path), displayName(media.path)];
    if (found.length !== wanted.length) return `${name} has ${wanted.length} tracks and ${other} has ${found.length}`;
    const at = found.findIndex((signature, index) => signature.all !== wanted[index]?.all);
    const [one, two] = [wanted[at], found[at]];
    if (one !== undefined && two !== undefined) return one.shown === two.shown ? `${name} and ${other} were encoded with other settings` : `${name} has ${one.shown} and ${other} has ${two.shown}`;
  }
  return null;
}

async function copyAll(context: EditContext, source: FilmSource, medias: readonly MediaInfo[]): Promise<Edited> {
  const container = chooseContainer(source.media, context.task.options.container);
  // Subtitles and attachments don't survive a join: each file's own would need its own place.
  const bare: MediaInfo = { ...source.media, streams: source.media.streams.filter(({ kind }) => kind === 'video' || kind === 'audio') };
  const copy = copyStreams({ ...bare, streams: [...filmStreams(bare), ...audioStreams(bare)] }, container);
  if (source.media.streams.some(({ kind }) => kind === 'subtitle')) context.warn('Subtitles are left out of a join. Take them out first (recipe subtitles-out), join, and add them again.');
  const draft = context.draft(outputName(source.path, context.task.suffix, container.name));
  await writeFile(joinPath(context.workDir, LIST_NAME), listOf(medias));
  const total = medias.reduce((sum, { durationSeconds }) => sum + (durationSeconds ?? 0), 0);
  const isLengthKnown = medias.every(({ durationSeconds }) => durationSeconds !== null);
  await writeDraft(context, source, draft, {
    args: [...joinListArguments(LIST_NAME), ...copy.args, ...container.outputArguments, '-f', container.muxer, inputUrl(draft.tempPath)],
    totalSeconds: total, message: 'copying', cwd: context.workDir,
  });
  return {
    draft,
    expected: {
      path: draft.tempPath, fileName: draft.fileName, video: copy.video, audio: copy.audio, subtitles: 0, chapters: null,
      seconds: isLengthKnown ? total : null, toleranceSeconds: TOLERANCE_PER_FILE_SECONDS * medias.length, copiedFrom: medias.map(({ path }) => path),
    },
  };
}

/** Each file with its length: without it FFmpeg guesses from the last frame, which is wrong where frames come unevenly. */
function listOf(medias: readonly MediaInfo[]): string {
  return `ffconcat version 1.0\n${medias.map(({ path, durationSeconds }) => `file ${quoted(path)}\n${durationSeconds === null ? '' : `duration ${durationSeconds.toFixed(6)}\n`}`).join('')}`;
}

/** ffconcat: everything between single quotes is meant as it is, and a quote stands outside of them. Lines end a name whatever the quotes. */
function quoted(path: string): string {
  if (/[\r\n]/.test(path)) throw new TaskError('INPUT_NOT_ALLOWED', `${displayName(path)} has a line break in its name, which a join can't take. Rename it.`);
  return `'file:${path.replaceAll('\'', '\'\\\'\'')}'`;
}
