/** A telling frame, or a sheet of many. Each frame taken is a checkpoint. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { TaskError } from '../../../../shared/errors.ts';
import { videoThumbnailOptions, type VideoThumbnailOptions } from '../../../../shared/options.ts';
import { displayName } from '../../media/display-name.ts';
import { isIntact, keepFile, storedFile, syncFile } from '../../media/durable-file.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { inputUrl } from '../../media/ffmpeg-input.ts';
import { coverArt, filmStreams, type VideoStream } from '../../media/media-info.ts';
import { basis, basisDifference, type Basis } from '../basis.ts';
import { estimateTask } from '../estimate.ts';
import { filmSeconds, openFilmSource, requireFilm, requireUnchanged, type FilmSource } from '../film-source.ts';
import type { AttemptContext, Draft, Handler } from '../handler.ts';
import { outputName } from '../output-name.ts';
import { adviseOnSpace, clearWorkFolder } from '../work-folder.ts';
import { checkPicture, type PictureExpectation } from './check.ts';
import { tellingScore } from './score.ts';
import { DETAIL_FILE, headerText, provideFont, sheetFilters, timeOverlay, TITLE_FILE, type Sheet } from './sheet.ts';
import { extractStill, stillSize } from './still.ts';

const plan = z.object({ basis, frameSeconds: z.array(z.number().nonnegative().nullable()).min(1) });
type Plan = z.infer<typeof plan>;
const part = z.object({ file: storedFile, score: z.number() });
type Part = z.infer<typeof part>;
type Context = AttemptContext<VideoThumbnailOptions, Plan, Part>;

interface Work {
  readonly context: Context;
  readonly source: FilmSource;
  /** Film, or cover art. */
  readonly film: VideoStream;
  readonly size: { readonly width: number; readonly height: number };
  /** Where frames are taken; null: the only picture there is. */
  readonly frameSeconds: readonly (number | null)[];
  readonly sheet: Sheet | null;
  readonly seconds: number;
}

/** Candidates for a single thumbnail, as shares of the film: past the titles, before the credits, and the middle most of all. */
const CANDIDATES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8] as const;
/** About two seconds of frames around a candidate; FFmpeg keeps them all in memory. */
const AMONG_FRAMES = 40;

const expectations = new WeakMap<Context, PictureExpectation>();

export const handler: Handler<VideoThumbnailOptions, Plan, Part> = {
  type: 'video_thumbnail',
  options: videoThumbnailOptions,
  plan,
  part,
  async perform(context) {
    const source = await openFilmSource(context);
    const estimate = estimateTask({ type: 'video_thumbnail', options: context.task.options, media: source.media, pace: context.pace });
    context.estimate(estimate);
    await adviseOnSpace(context, estimate.tempBytes);
    requireEncoder(context, source);
    const work = await planWork(context, source);
    for (const index of work.frameSeconds.keys()) await takeFrame(work, index);
    await requireUnchanged(source);
    const draft = context.draft(outputName(source.path, context.task.suffix, context.task.options.format));
    await (work.sheet === null ? writeBest(work, draft) : writeSheet(work, work.sheet, draft));
    await syncFile(draft.tempPath);
    expectations.set(context, { path: draft.tempPath, fileName: draft.fileName, format: context.task.options.format });
    return [draft];
  },
  async check(drafts, context) {
    const expected = expectations.get(context);
    if (expected === undefined || drafts.length !== 1) throw new TaskError('INTERNAL', 'The check was asked for before the work. Retry the task; if it happens again, report it.');
    await checkPicture(expected, context);
  },
};

async function planWork(context: Context, source: FilmSource): Promise<Work> {
  const { options } = context.task;
  const film = chooseStream(context, source);
  const seconds = film.isAttachedPicture ? 0 : await filmSeconds(source, film, context);
  const frameSeconds = framesToTake(options, film, seconds, source.path);
  const size = stillSize(film, options.width);
  const now: Basis = { source: source.identity, ffmpeg: source.capabilities.fingerprint, arguments: [`${film.index} ${size.width}x${size.height} ${options.layout} ${options.timestamps}`] };
  const stored = context.checkpoint.plan;
  const difference = stored === undefined ? null : (basisDifference(stored.basis, now) ?? (JSON.stringify(stored.frameSeconds) === JSON.stringify(frameSeconds) ? null : 'other frames are wanted'));
  if (difference !== null) context.log(`the frames taken so far are of no use, as ${difference}: starting over`);
  if (stored === undefined || difference !== null) await context.checkpoint.savePlan({ basis: now, frameSeconds: [...frameSeconds] }, frameSeconds.length);
  await clearWorkFolder(context.workDir, new Set([...context.checkpoint.parts.values()].map(({ file }) => file.name)));
  const sheet = options.layout === 'single' ? null : { columns: options.columns, rows: options.rows, cellWidth: size.width, cellHeight: size.height, fontName: await chooseFont(context, source) };
  return { context, source, film, size, frameSeconds, sheet, seconds };
}

/** Film first; for a single picture, an audio file's cover will do. */
function chooseStream({ task }: Context, source: FilmSource): VideoStream {
  const [cover] = coverArt(source.media);
  if (task.options.layout === 'single' && filmStreams(source.media).length === 0 && cover !== undefined) return cover;
  return requireFilm(source, task.options.layout === 'single' ? 'There is nothing to show; choose another file.' : 'A contact sheet needs a film; choose another file.');
}

function framesToTake(options: VideoThumbnailOptions, film: VideoStream, seconds: number, path: string): (number | null)[] {
  if (film.isAttachedPicture) return [null];
  if (options.layout === 'contact-sheet') {
    const count = options.columns * options.rows;
    return Array.from({ length: count }, (_, index) => ((index + 0.5) * seconds) / count);
  }
  if (options.atSeconds === null) return CANDIDATES.map((share) => share * seconds);
  if (options.atSeconds > seconds) throw new TaskError('OPTION_INVALID', `${displayName(path)} lasts ${seconds.toFixed(1)} s, so there is no frame at ${options.atSeconds} s. Choose an earlier time.`);
  return [options.atSeconds];
}

async function takeFrame(work: Work, index: number): Promise<void> {
  const { context, source, film, size, frameSeconds, sheet } = work;
  const { options } = context.task;
  const atSeconds = frameSeconds[index] ?? null;
  context.progress({ current: index, total: frameSeconds.length, message: `frame ${index + 1} of ${frameSeconds.length}` });
  const stored = context.checkpoint.parts.get(index);
  if (stored !== undefined && (await isIntact(context.workDir, stored.file))) return;
  const name = frameName(index);
  const tempPath = join(context.workDir, `${name}.${context.task.attempt}.part`);
  const isChoosing = sheet === null && frameSeconds.length > 1;
  const greyPath = isChoosing ? join(context.workDir, `grey.${context.task.attempt}.part`) : null;
  const found = await extractStill({
    source, film, atSeconds, ...size, among: isChoosing ? AMONG_FRAMES : 1,
    overlay: sheet === null || !options.timestamps || atSeconds === null ? [] : timeOverlay(sheet, atSeconds),
    cwd: context.workDir, tools: context.tools, signal: context.signal, outputPath: tempPath, greyPath,
  });
  if (!found) throw new TaskError('INPUT_DAMAGED', `${displayName(source.path)} has no picture at ${Math.round(atSeconds ?? 0)} s though it should last longer: it is damaged or was cut short. Copy or download it again.`);
  const score = greyPath === null ? 0 : tellingScore(await readFile(greyPath));
  await context.checkpoint.savePart(index, { file: await keepFile(tempPath, join(context.workDir, name)), score });
}

async function writeBest({ context, source }: Work, draft: Draft): Promise<void> {
  const best = [...context.checkpoint.parts.values()].reduce((one, other) => (other.score > one.score ? other : one));
  await encodePicture(context, source, ['-f', 'png_pipe', '-i', inputUrl(join(context.workDir, best.file.name))], [], draft);
}

async function writeSheet({ context, source, film, seconds }: Work, sheet: Sheet, draft: Draft): Promise<void> {
  context.progress({ current: sheet.columns * sheet.rows, total: sheet.columns * sheet.rows, message: 'laying out' });
  const { title, detail } = headerText(sheet, source.media, film, seconds);
  await writeFile(join(context.workDir, TITLE_FILE), title);
  await writeFile(join(context.workDir, DETAIL_FILE), detail);
  await encodePicture(context, source, ['-framerate', '1', '-f', 'image2', '-c:v', 'png', '-i', FRAME_PATTERN], sheetFilters(sheet), draft);
}

/** By image2pipe: image2 would take a `%` in the output's name for a number. */
async function encodePicture(context: Context, source: FilmSource, input: readonly string[], filters: readonly string[], draft: Draft): Promise<void> {
  const { format } = context.task.options;
  const pixels = format === 'jpg' ? ['scale=out_color_matrix=bt601:out_range=pc', 'format=yuvj444p'] : [];
  const codec = { jpg: ['-c:v', 'mjpeg', '-q:v', '3'], png: ['-c:v', 'png'], webp: ['-c:v', 'libwebp', '-quality', '85'] }[format];
  await runFfmpeg({
    ffmpegPath: context.tools.ffmpegPath,
    args: [...input, '-frames:v', '1', ...(filters.length + pixels.length === 0 ? [] : ['-vf', [...filters, ...pixels].join(',')]), ...codec, '-f', format === 'webp' ? 'webp' : 'image2pipe', inputUrl(draft.tempPath)],
    inputPath: source.path,
    cwd: context.workDir,
    signal: context.signal,
  });
}

const FRAME_PATTERN = 'frame%04d.png';

function frameName(index: number): string {
  return `frame${String(index).padStart(4, '0')}.png`;
}

async function chooseFont(context: Context, source: FilmSource): Promise<string | null> {
  const font = source.capabilities.filters.has('drawtext') ? await provideFont(context.workDir) : null;
  if (font === null) context.warn(source.capabilities.filters.has('drawtext') ? 'No known font was found, so the contact sheet has no times and no header.' : 'This FFmpeg can\'t draw text, so the contact sheet has no times and no header.');
  return font;
}

function requireEncoder({ task }: Context, { capabilities }: FilmSource): void {
  if (task.options.format === 'webp' && !capabilities.encoders.has('libwebp')) throw new TaskError('TOOL_MISSING', 'This FFmpeg can\'t write WebP pictures. Choose jpg or png, or install an FFmpeg with libwebp.');
}
