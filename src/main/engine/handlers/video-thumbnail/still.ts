/** One frame of a film as a PNG, upright, square-pixelled, in standard range. */
import { readFile, rm } from 'node:fs/promises';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { inputLimits, inputUrl } from '../../media/ffmpeg-input.ts';
import { isHdr, shownSize, type VideoStream } from '../../media/media-info.ts';
import type { Tools } from '../../media/tools.ts';
import type { FilmSource } from '../film-source.ts';
import { SCORE_HEIGHT, SCORE_WIDTH } from './score.ts';
import { isInterlaced, toneMapFilters } from '../video-convert/picture.ts';

export interface StillWish {
  readonly source: FilmSource;
  readonly film: VideoStream;
  /** From the film's start; null: its first picture (cover art). */
  readonly atSeconds: number | null;
  readonly width: number;
  readonly height: number;
  /** Of this many frames from there, the one most like all of them (FFmpeg's `thumbnail`): no flash, no blend. 1: the first. */
  readonly among: number;
  /** Drawn on the picture; its files are named relative to cwd. */
  readonly overlay: readonly string[];
  readonly cwd: string;
  readonly tools: Tools;
  readonly signal: AbortSignal;
  readonly outputPath: string;
  /** Where its grey values go, SCORE_WIDTH × SCORE_HEIGHT bytes; null: they are not wanted. */
  readonly greyPath: string | null;
}

/** Where there is no picture at a time (headers promise too much), one from this much earlier does. */
const STEPS_BACK_SECONDS = [0, 1, 5] as const;

/** False when there is no picture at that time nor shortly before. */
export async function extractStill(wish: StillWish): Promise<boolean> {
  const { atSeconds } = wish;
  for (const back of atSeconds === null ? [0] : STEPS_BACK_SECONDS) {
    await rm(wish.outputPath, { force: true });
    await runFfmpeg({ ffmpegPath: wish.tools.ffmpegPath, args: stillArguments(wish, atSeconds === null ? null : Math.max(0, atSeconds - back)), inputPath: wish.source.path, cwd: wish.cwd, signal: wish.signal });
    const bytes = await readFile(wish.outputPath).catch(() => null);
    if (bytes !== null && bytes.length > 0) return true;
    if (atSeconds !== null && atSeconds - back <= 0) return false;
  }
  return false;
}

/** Size of a picture that is at most `width` wide: pixels made square, never enlarged. */
export function stillSize(film: VideoStream, width: number): { width: number; height: number } {
  const shown = shownSize(film);
  const { numerator, denominator } = film.sampleAspectRatio;
  const isTurned = film.rotationDegrees % 180 !== 0;
  const ratio = isTurned ? denominator / numerator : numerator / denominator;
  // Pixels wider than high are made square by widening, others by heightening: no row is lost.
  const square = ratio >= 1 ? { width: shown.width * ratio, height: shown.height } : { width: shown.width, height: shown.height / ratio };
  const factor = Math.min(1, width / square.width);
  return { width: Math.max(1, Math.round(square.width * factor)), height: Math.max(1, Math.round(square.height * factor)) };
}

function stillArguments({ source, film, width, height, among, overlay, tools, outputPath, greyPath }: StillWish, atSeconds: number | null): string[] {
  const filters = [
    ...(isInterlaced(film) && source.capabilities.filters.has('bwdif') ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    ...(among > 1 ? [`thumbnail=n=${among}`] : []),
    `scale=${width}:${height}:flags=lanczos`, 'setsar=1',
    ...(isHdr(film) ? toneMapFilters({ film, path: source.path, filters: source.capabilities.filters }) : []),
    'format=rgb24', ...overlay,
  ].join(',');
  const graph = greyPath === null ? `[0:${film.index}]${filters}[picture]` : `[0:${film.index}]${filters},split[picture][copy];[copy]scale=${SCORE_WIDTH}:${SCORE_HEIGHT}:flags=area,format=gray[grey]`;
  return [
    ...(atSeconds === null || atSeconds === 0 ? [] : ['-ss', atSeconds.toFixed(6)]), '-threads', String(tools.threads), ...inputLimits(), '-i', inputUrl(source.path),
    '-filter_complex', graph, '-map', '[picture]', '-frames:v', '1', '-c:v', 'png', '-f', 'image2pipe', inputUrl(outputPath),
    ...(greyPath === null ? [] : ['-map', '[grey]', '-frames:v', '1', '-f', 'rawvideo', inputUrl(greyPath)]),
  ];
}
