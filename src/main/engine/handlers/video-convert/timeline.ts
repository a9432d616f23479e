/** A film's frames as exact times: what the segments are cut from and the result is checked against. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keepFile, type StoredFile } from '../../media/durable-file.ts';
import type { Fraction } from '../../media/media-info.ts';
import { DISCARD_FLAG, KEY_FLAG, type PacketList } from '../../media/packets.ts';

export interface Timeline {
  /** Presentation times of all shown frames, ascending, in ticks of the source's time base. */
  readonly pts: Float64Array;
  /** Those of keyframes, ascending. */
  readonly keys: Float64Array;
  /** Where the last frame ends. */
  readonly endPts: number;
}

export type TimelineResult = { readonly timeline: Timeline } | { readonly reason: string };

/** Formats whose clock may jump (FFmpeg's AVFMT_TS_DISCONT): joined recordings, broadcast. */
const JUMPING_FORMATS = new Set(['mpegts', 'mpeg', 'mpegvideo', 'ogg', 'rtsp']);
/** FFmpeg takes a larger step in such a format for a jump of the clock and mends it (`-dts_delta_threshold`, 10 s); a segment could not know. */
const JUMP_SECONDS = 10;
/** MP4 counts a frame's length in 32 bits; with finer ticks a still of a few seconds would not fit. */
const FINEST_TICKS_PER_SECOND = 1_000_000;

/** The film's frames, or why they can't be known beforehand. */
export function readTimeline(packets: PacketList, timeBase: Fraction, formatNames: readonly string[]): TimelineResult {
  const shown = shownIndexes(packets);
  if (shown.length === 0) return { reason: 'it has no packets' };
  if (timeBase.denominator / timeBase.numerator > FINEST_TICKS_PER_SECOND) return { reason: 'its clock is too fine' };
  const pts = Float64Array.from(shown, (index) => packets.pts[index] ?? NaN);
  if (pts.some(Number.isNaN)) return { reason: 'some of its frames carry no time' };
  const jump = findJump(packets.dts, timeBase, formatNames.some((name) => JUMPING_FORMATS.has(name)));
  if (jump !== null) return { reason: jump };
  const last = shown.reduce((best, index) => ((packets.pts[index] ?? 0) >= (packets.pts[best] ?? 0) ? index : best), shown[0] ?? 0);
  const keys = Float64Array.from(shown.filter((index) => ((packets.flags[index] ?? 0) & KEY_FLAG) !== 0), (index) => packets.pts[index] ?? NaN).sort();
  pts.sort();
  if (pts.some((value, index) => index > 0 && value === pts[index - 1])) return { reason: 'some of its frames carry the same time' };
  return { timeline: { pts, keys, endPts: (packets.pts[last] ?? 0) + lastDuration(packets.durations[last], pts) } };
}

/** How many frames lie in [from, to). */
export function countFrames({ pts }: Timeline, from: number, to: number): number {
  return indexAtOrAfter(pts, to) - indexAtOrAfter(pts, from);
}

/** Times of the frames in [from, to). */
export function framesBetween({ pts }: Timeline, from: number, to: number): Float64Array {
  return pts.subarray(indexAtOrAfter(pts, from), indexAtOrAfter(pts, to));
}

/** The keyframe `back` keyframes before the one at `at`; null when that is before the first one. */
export function keyBefore({ keys }: Timeline, at: number, back: number): number | null {
  return keys[indexAtOrAfter(keys, at) - back] ?? null;
}

/** Where a timeline is kept between attempts, so that a resume needs not read a huge source again. */
const FILE_NAME = 'timeline.bin';

export async function saveTimeline(workDir: string, timeline: Timeline, attempt: number): Promise<StoredFile> {
  const numbers = new Float64Array(2 + timeline.pts.length + timeline.keys.length);
  numbers.set([timeline.endPts, timeline.pts.length]);
  numbers.set(timeline.pts, 2);
  numbers.set(timeline.keys, 2 + timeline.pts.length);
  const tempPath = join(workDir, `${FILE_NAME}.${attempt}.part`);
  await writeFile(tempPath, Buffer.from(numbers.buffer));
  return keepFile(tempPath, join(workDir, FILE_NAME));
}

/** What saveTimeline has written; its caller has checked the file by its hash. */
export async function loadTimeline(workDir: string): Promise<Timeline> {
  const bytes = await readFile(join(workDir, FILE_NAME));
  const numbers = new Float64Array(new Uint8Array(bytes).buffer);
  const count = numbers[1] ?? 0;
  return { endPts: numbers[0] ?? 0, pts: numbers.slice(2, 2 + count), keys: numbers.slice(2 + count) };
}

function shownIndexes(packets: PacketList): number[] {
  const shown: number[] = [];
  packets.flags.forEach((flags, index) => {
    if ((flags & DISCARD_FLAG) === 0) shown.push(index);
  });
  return shown;
}

/** Decoding times must rise; one that falls back, or leaps in a format where that means a reset, can't be cut by time. */
function findJump(dts: Float64Array, timeBase: Fraction, mayJump: boolean): string | null {
  const limit = (JUMP_SECONDS * timeBase.denominator) / timeBase.numerator;
  let previous = NaN;
  for (const value of dts) {
    if (Number.isNaN(value)) continue;
    if (value < previous) return 'its clock is set back in the middle';
    if (mayJump && value - previous > limit) return 'its clock jumps in the middle';
    previous = value;
  }
  return null;
}

/** As the container says, else as long as the frame before it. */
function lastDuration(stated: number | undefined, pts: Float64Array): number {
  if (stated !== undefined && stated > 0) return stated;
  const last = pts[pts.length - 1] ?? 0;
  return Math.max(1, last - (pts[pts.length - 2] ?? last - 1));
}

/** Binary search in ascending numbers. */
function indexAtOrAfter(values: Float64Array, wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? Infinity) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
