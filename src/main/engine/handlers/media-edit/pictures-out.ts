/** A film, or a piece of it, as numbered pictures. Starting over costs one decoding of the piece, so there are no parts. */
import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import { runTool } from '../../media/child.ts';
import { displayName } from '../../media/display-name.ts';
import { syncFile } from '../../media/durable-file.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { inputLimits, inputUrl } from '../../media/ffmpeg-input.ts';
import { isHdr, type VideoStream } from '../../media/media-info.ts';
import { filmSeconds, requireFilm, type FilmSource } from '../film-source.ts';
import type { Draft } from '../handler.ts';
import { outputName } from '../output-name.ts';
import { isInterlaced, toneMapFilters } from '../video-convert/picture.ts';
import { stillSize } from '../video-thumbnail/still.ts';
import { clearWorkFolder } from '../work-folder.ts';
import type { EditContext, Edited } from './work.ts';

/** Every result is synced, hashed and listed: more than this is no sequence any more but a film. */
const MOST_PICTURES = 5_000;
const NAME = 'picture';
const DIGITS = 6;
const ASSUMED_RATE = 30;
const DECODE_TIMEOUT_MS = 3600_000;

export async function toPictures(context: EditContext, source: FilmSource): Promise<Edited> {
  const { pictureFormat, startSeconds, endSeconds, frameRate } = context.task.options;
  const film = requireFilm(source, 'Pictures are taken from films; choose a recipe for sound.');
  const total = await filmSeconds(source, film, context);
  const seconds = Math.min(endSeconds ?? total, total) - startSeconds;
  const name = displayName(source.path);
  if (seconds <= 0) throw new TaskError('OPTION_INVALID', `Nothing lies after ${startSeconds} s in ${name}, which lasts ${total.toFixed(2)} s. Set startSeconds and endSeconds so that the end comes after the start.`);
  const rate = frameRate ?? ownRate(film);
  if (seconds * rate > MOST_PICTURES) throw new TaskError('OPTION_INVALID', `${name} would become about ${Math.round(seconds * rate)} pictures, and ${MOST_PICTURES} are the most. Set frameRate to fewer in a second, or startSeconds and endSeconds to a piece.`);
  await clearWorkFolder(context.workDir, new Set());
  await extract(context, source, film, { seconds, expected: Math.max(1, Math.round(seconds * rate)) });
  const names = (await readdir(context.workDir)).filter((file) => file.startsWith(NAME)).sort();
  await requireWhole(context, names.length, name);
  const drafts: Draft[] = [];
  for (const [index, file] of names.entries()) drafts.push(await asDraft(context, join(context.workDir, file), outputName(source.path, `${context.task.suffix}.${String(index + 1).padStart(DIGITS, '0')}`, pictureFormat)));
  const [draft, ...further] = drafts;
  if (draft === undefined) throw new TaskError('INPUT_DAMAGED', `${name} has no picture between ${startSeconds} s and ${(startSeconds + seconds).toFixed(2)} s. Choose another piece, or repair the film first.`);
  return { draft, further, expected: null };
}

async function extract(context: EditContext, source: FilmSource, film: VideoStream, { seconds, expected }: { seconds: number; expected: number }): Promise<void> {
  const { pictureFormat, startSeconds, frameRate } = context.task.options;
  const codec = { png: ['-c:v', 'png'], jpg: ['-c:v', 'mjpeg', '-q:v', '2'] }[pictureFormat];
  const { width, height } = stillSize(film, Infinity);
  const filters = [
    ...(isInterlaced(film) && source.capabilities.filters.has('bwdif') ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    ...(frameRate === null ? [] : [`fps=${frameRate}`]), `scale=${width}:${height}:flags=lanczos`, 'setsar=1',
    ...(isHdr(film) ? toneMapFilters({ film, path: source.path, filters: source.capabilities.filters }) : []),
    ...(pictureFormat === 'jpg' ? ['scale=out_color_matrix=bt601:out_range=pc', 'format=yuvj444p'] : ['format=rgb24']),
  ];
  await runFfmpeg({
    ffmpegPath: context.tools.ffmpegPath,
    args: [
      ...(startSeconds > 0 ? ['-ss', startSeconds.toFixed(6)] : []), '-threads', String(context.tools.threads), ...inputLimits(), '-i', inputUrl(source.path), '-t', seconds.toFixed(6),
      '-map', `0:${film.index}`, '-vf', filters.join(','), ...(frameRate === null ? ['-fps_mode', 'passthrough'] : []), '-frames:v', String(MOST_PICTURES), ...codec, '-start_number', '1', '-f', 'image2', pattern(context),
    ],
    inputPath: source.path,
    cwd: context.workDir,
    signal: context.signal,
    onProgress: ({ frame }) => context.progress({ current: Math.min(frame, expected), total: expected, message: `writing pictures, ${frame}` }),
  });
}

/** Relative to the work folder: a percent sign in a folder's name would be read as a number. */
function pattern({ task }: EditContext): string {
  return `${NAME}%0${DIGITS}d.${task.options.pictureFormat}`;
}

/** Decodes every picture again. */
async function requireWhole(context: EditContext, count: number, name: string): Promise<void> {
  if (count === 0) return;
  const { tools, signal, workDir } = context;
  const result = await runTool({
    path: tools.ffmpegPath,
    args: ['-v', 'error', '-nostdin', '-nostats', '-progress', 'pipe:1', '-f', 'image2', '-start_number', '1', '-i', pattern(context), '-fps_mode', 'passthrough', '-f', 'null', '-'],
    cwd: workDir, signal, timeoutMs: DECODE_TIMEOUT_MS,
  });
  if (result.exitCode === 0 && result.stderrTail.trim() === '' && [...result.stdout.matchAll(/^frame=\s*(\d+)$/gm)].at(-1)?.[1] === String(count)) return;
  throw new TaskError('OUTPUT_CHECK_FAILED', `The pictures of ${name} did not pass their check: not all of them can be decoded. The task tries again.`, { retryable: true, details: result.stderrTail });
}

async function asDraft(context: EditContext, path: string, fileName: string): Promise<Draft> {
  const draft = context.draft(fileName);
  await rename(path, draft.tempPath).catch(async () => {
    // The folder for results is on another disk.
    await copyFile(path, draft.tempPath);
    await rm(path);
  });
  await syncFile(draft.tempPath);
  return draft;
}

function ownRate({ frameRate, baseFrameRate }: VideoStream): number {
  const rate = frameRate ?? baseFrameRate;
  return rate === null ? ASSUMED_RATE : rate.numerator / rate.denominator;
}
