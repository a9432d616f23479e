/** The clips as a picture that moves: GIF with a palette of its own, or animated WebP. */
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import type { VideoPreviewOptions } from '../../../../shared/options.ts';
import { syncFile } from '../../media/durable-file.ts';
import { runTool } from '../../media/child.ts';
import { displayName } from '../../media/display-name.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { concatArguments, inputArguments, inputUrl } from '../../media/ffmpeg-input.ts';
import type { Fraction } from '../../media/media-info.ts';
import type { Tools } from '../../media/tools.ts';
import { readAnimatedWebp } from '../../media/webp-animation.ts';
import type { FilmSource } from '../film-source.ts';
import type { AttemptContext, Draft } from '../handler.ts';

export type AnimationFormat = Exclude<VideoPreviewOptions['format'], 'mp4'>;

/** Smooth enough to follow, half the size of film; eight hundredths of a second, which GIF can say. */
const USUAL_RATE = 12.5;
/** Browsers slow down what shows a picture for less than two hundredths. */
const SHORTEST_DELAY = 2;
const PALETTE = 'palette.png';
const DECODE_TIMEOUT_MS = 600_000;

/** GIF counts in hundredths of a second, so the rate is one of whole hundredths for each picture. */
export function animationRate(filmRate: Fraction | null, wanted: number | null): Fraction {
  const own = filmRate === null ? Infinity : filmRate.numerator / filmRate.denominator;
  const rate = Math.min(wanted ?? USUAL_RATE, own >= 1 ? own : Infinity);
  return { numerator: 100, denominator: Math.max(SHORTEST_DELAY, Math.round(100 / rate)) };
}

/** Throws TOOL_MISSING where this FFmpeg can't write the format. */
export function requireAnimation(format: AnimationFormat, { capabilities }: FilmSource): void {
  const encoder = format === 'gif' ? 'gif' : 'libwebp_anim';
  if (!capabilities.encoders.has(encoder)) throw new TaskError('TOOL_MISSING', `This FFmpeg can't write ${format === 'gif' ? 'GIF' : 'animated WebP'}: it has no encoder ${encoder}. Choose another format, or install a fuller FFmpeg.`);
}

type Context = AttemptContext<VideoPreviewOptions, unknown, unknown>;

/** The palette is made in a run of its own: in one with the pictures FFmpeg would keep all of them in memory. */
export async function joinAnimation(context: Context, source: FilmSource, { listName, format, draft }: { listName: string; format: AnimationFormat; draft: Draft }): Promise<void> {
  const run = (args: readonly string[]): Promise<unknown> => runFfmpeg({ ffmpegPath: context.tools.ffmpegPath, args, inputPath: source.path, cwd: context.workDir, signal: context.signal });
  const clips = concatArguments(listName);
  if (format === 'gif') {
    await run([...clips, '-vf', 'palettegen=stats_mode=diff', '-frames:v', '1', '-c:v', 'png', '-f', 'image2pipe', inputUrl(join(context.workDir, PALETTE))]);
    await run([
      ...clips, '-protocol_whitelist', 'file', '-f', 'png_pipe', '-i', inputUrl(join(context.workDir, PALETTE)),
      '-filter_complex', '[0:v][1:v]paletteuse=dither=bayer:bayer_scale=3:diff_mode=rectangle[moving]', '-map', '[moving]', '-c:v', 'gif', '-loop', '0', '-f', 'gif', inputUrl(draft.tempPath),
    ]);
    await rm(join(context.workDir, PALETTE));
  } else await run([...clips, '-map', '0:v', '-c:v', 'libwebp_anim', '-quality', '75', '-compression_level', '4', '-loop', '0', '-f', 'webp', inputUrl(draft.tempPath)]);
  await syncFile(draft.tempPath);
}

export interface AnimationExpectation {
  readonly path: string;
  readonly fileName: string;
  readonly format: AnimationFormat;
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
}

/** Still stretches are written as one picture that stands longer, so the length counts and not the number of pictures. */
const TOLERANCE_SECONDS = 0.1;

/** Throws OUTPUT_CHECK_FAILED (retryable). */
export async function checkAnimation(expected: AnimationExpectation, { tools, signal }: { tools: Tools; signal: AbortSignal }): Promise<void> {
  const found = expected.format === 'gif' ? await readGif(expected.path, { tools, signal }) : await readWebp(expected.path);
  const what = found === null ? 'it can\'t be decoded to its end' : found.width !== expected.width || found.height !== expected.height ? `it has ${found.width} × ${found.height} pixels` : Math.abs(found.seconds - expected.seconds) > TOLERANCE_SECONDS ? `it lasts ${found.seconds.toFixed(2)} s, not ${expected.seconds.toFixed(2)} s` : null;
  if (what !== null) throw new TaskError('OUTPUT_CHECK_FAILED', `The result ${displayName(expected.fileName)} did not pass its check: ${what}. The task tries again.`, { retryable: true });
}

interface Animation {
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
}

/** Decodes all of it. */
async function readGif(path: string, { tools, signal }: { tools: Tools; signal: AbortSignal }): Promise<Animation | null> {
  const result = await runTool({
    path: tools.ffprobePath,
    args: ['-v', 'error', '-show_entries', 'frame=pkt_duration_time,duration_time,width,height', '-of', 'csv=p=0:nk=0', ...inputArguments(path)],
    signal,
    timeoutMs: DECODE_TIMEOUT_MS,
  });
  const frames = result.stdout.split('\n').filter((line) => line.includes('width='));
  const number = (line: string, name: RegExp): number => Number(name.exec(line)?.[1] ?? NaN);
  const [first] = frames;
  if (result.exitCode !== 0 || result.stderrTail.trim() !== '' || first === undefined) return null;
  // FFmpeg 5.1 calls it pkt_duration_time, newer ones duration_time.
  const seconds = frames.reduce((sum, line) => sum + number(line, /duration_time=([\d.]+)/), 0);
  return { width: number(first, /width=(\d+)/), height: number(first, /height=(\d+)/), seconds };
}

/** FFmpeg 5.1 can write animated WebP but not read it. */
async function readWebp(path: string): Promise<Animation | null> {
  const { size } = await stat(path);
  const file = await open(path, 'r');
  try {
    return await readAnimatedWebp(file, size);
  } finally {
    await file.close();
  }
}
