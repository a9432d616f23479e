/**
 * Subtitles drawn into the picture. The filter is only ever given `burn.ass`, a file of ours in the work folder: whatever the user's file is
 * called, and whatever a container says that its fonts are called, no name of theirs becomes part of a filter's argument.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import { displayName } from '../../media/display-name.ts';
import { sha256OfFile } from '../../media/durable-file.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { inputArguments, inputUrl } from '../../media/ffmpeg-input.ts';
import { subtitleStreams, type Fraction, type SubtitleStream } from '../../media/media-info.ts';
import { readSubtitleFile, SUBTITLE_DEMUXERS } from '../../media/subtitle-file.ts';
import type { AttemptContext } from '../handler.ts';
import { findSubtitleFiles } from '../subtitle-source.ts';
import { provideFont } from '../video-thumbnail/sheet.ts';
import { isTextSubtitle } from './sound.ts';
import type { Source } from './source.ts';

/** Subtitles that lie ready in the work folder. */
export interface BurnIn {
  /** Of the subtitles: other subtitles make other pictures. */
  readonly sha256: string;
  /** The film's zero on its own clock, in ticks. */
  readonly startTicks: number;
}

const SCRIPT = 'burn.ass';
const FONTS = 'burn-fonts';
/** What the work folder must keep while there are subtitles to draw. */
export const BURN_FILES: readonly string[] = [SCRIPT, FONTS];
/** Typeset films carry a dozen; a thousand would be a trap. */
const MOST_FONTS = 40;
const FONT_CODECS = new Set(['ttf', 'otf']);

/** Null: none are wanted. Throws TOOL_MISSING without libass, and INPUT_ errors for subtitles that are not there or are pictures. */
export async function prepareBurnIn(context: AttemptContext<VideoConvertOptions, unknown, unknown>, source: Source, timeBase: Fraction): Promise<BurnIn | null> {
  const { burnSubtitles, subtitleFile } = context.task.options;
  if (burnSubtitles === 'none') return null;
  if (!source.capabilities.filters.has('subtitles')) throw new TaskError('TOOL_MISSING', 'This FFmpeg can\'t draw subtitles: it was built without libass. Install a fuller FFmpeg, or add the subtitles as a track instead (recipe add-subtitles).');
  const fontsDir = join(context.workDir, FONTS);
  await rm(fontsDir, { recursive: true, force: true });
  await mkdir(fontsDir);
  if (await provideFont(fontsDir) === null) context.log('no known font was found: libass looks for one itself');
  if (burnSubtitles === 'file') await scriptFromFile(context, subtitleFile);
  else await scriptFromTrack(context, source, Number(burnSubtitles.slice('track:'.length)));
  const startTicks = Math.round((source.media.startSeconds * timeBase.denominator) / timeBase.numerator);
  return { sha256: await sha256OfFile(join(context.workDir, SCRIPT)), startTicks };
}

/** Filters at the end of a chain whose clock shows 0 where the film's shows `atTicks`. */
export function burnFilters({ startTicks }: BurnIn, atTicks: number): string[] {
  const shift = atTicks - startTicks;
  const draw = `subtitles=${SCRIPT}:fontsdir=${FONTS}`;
  return shift === 0 ? [draw] : [`setpts=PTS+(${shift})`, draw, `setpts=PTS-(${shift})`];
}

async function scriptFromFile(context: AttemptContext<VideoConvertOptions, unknown, unknown>, named: string | null): Promise<void> {
  const [path = ''] = await findSubtitleFiles(context, named === null ? [] : [named]);
  const { kind, text } = await readSubtitleFile(path);
  context.log(`subtitles from ${path}`);
  const copy = join(context.workDir, `burn-source.${context.task.attempt}.${kind}`);
  await writeFile(copy, text);
  await makeScript(context, ['-protocol_whitelist', 'file', '-f', SUBTITLE_DEMUXERS[kind], '-i', inputUrl(copy), '-map', '0:s:0'], path);
  await rm(copy);
}

async function scriptFromTrack(context: AttemptContext<VideoConvertOptions, unknown, unknown>, source: Source, number: number): Promise<void> {
  const tracks = subtitleStreams(source.media);
  const track = tracks[number];
  if (track === undefined) throw new TaskError('INPUT_NO_STREAM', `${displayName(source.path)} has no subtitle track ${number}: it has ${tracks.length}, counted from 0. Choose another one, or a file.`);
  requireText(track, number, source.path);
  const fonts = source.media.streams.filter(({ kind, codec }) => kind === 'attachment' && codec !== null && FONT_CODECS.has(codec)).slice(0, MOST_FONTS);
  const dumps = fonts.flatMap(({ index }, order) => [`-dump_attachment:${index}`, join(FONTS, `font${order}`)]);
  await makeScript(context, [...dumps, ...inputArguments(source.path), '-map', `0:${track.index}`], source.path);
}

async function makeScript(context: AttemptContext<VideoConvertOptions, unknown, unknown>, input: readonly string[], inputPath: string): Promise<void> {
  await runFfmpeg({ ffmpegPath: context.tools.ffmpegPath, args: [...input, '-map_metadata', '-1', '-c:s', 'ass', '-f', 'ass', inputUrl(join(context.workDir, SCRIPT))], inputPath, cwd: context.workDir, signal: context.signal });
}

function requireText({ codec }: SubtitleStream, number: number, path: string): void {
  if (codec !== null && isTextSubtitle(codec)) return;
  throw new TaskError('INPUT_NO_STREAM', `Subtitle track ${number} of ${displayName(path)} consists of pictures (${codec ?? 'unknown'}), which can't be drawn as text. Choose a text track or a subtitle file.`);
}
