/**
 * Fewer frames a second by leaving whole frames out: those that stay keep their exact times, so that segments still fit each other and every
 * frame can be checked. Time is divided into slots of one wanted frame each, and the first frame of a slot stays. Plain values in and out.
 */
import type { Fraction, VideoStream } from '../../media/media-info.ts';
import type { Timeline } from './timeline.ts';

/** Slots in a tick, as a fraction of whole numbers, so that FFmpeg and we count the same. */
export interface FrameLimit {
  readonly numerator: number;
  readonly denominator: number;
}

/** 29.97 is told apart from 30. */
const RATE_SCALE = 1000;
/** A rate that is above the limit by less than this is the limit, written otherwise (30 and 30.0003). */
const TOLERANCE = 1.005;

/** Null: the film has no more frames than that. */
export function frameLimit(film: VideoStream, maxFrameRate: number | null): FrameLimit | null {
  const rate = film.frameRate ?? film.baseFrameRate;
  if (maxFrameRate === null || (rate !== null && rate.numerator / rate.denominator <= maxFrameRate * TOLERANCE)) return null;
  return { numerator: Math.round(maxFrameRate * RATE_SCALE) * film.timeBase.numerator, denominator: RATE_SCALE * film.timeBase.denominator };
}

/** The slot of a frame, counted from the film's first. A quarter of a slot is added: clocks of milliseconds shake by less, half rates stay even. */
function slotOf(ticks: number, { numerator, denominator }: FrameLimit): number {
  return Math.floor((4 * ticks * numerator + denominator) / (4 * denominator));
}

/** What is left of a timeline, and the source's frame before each one that stays (the film's first has none). */
export function limitTimeline(timeline: Timeline, limit: FrameLimit): Timeline {
  const first = timeline.pts[0] ?? 0;
  const stays = (pts: number, index: number): boolean => index === 0 || slotOf(pts - first, limit) !== slotOf((timeline.pts[index - 1] ?? first) - first, limit);
  const pts = timeline.pts.filter(stays);
  const kept = new Set(pts);
  return { pts, keys: timeline.keys.filter((key) => kept.has(key)), endPts: timeline.endPts };
}

/**
 * FFmpeg's filter that keeps the same frames, on a clock that shows 0 at the segment's first frame. That frame always stays: a segment begins
 * with one that does. `fromTicks`: where that is, from the film's first frame.
 */
export function limitFilter({ numerator, denominator }: FrameLimit, fromTicks: number): string {
  const slot = (clock: string): string => `floor((4*(${clock}+${fromTicks})*${numerator}+${denominator})/${4 * denominator})`;
  return `select='if(isnan(prev_pts),1,not(eq(${slot('pts')},${slot('prev_pts')})))'`;
}

/** The rate that remains, for figures. */
export function limitedRate(rate: Fraction | null, maxFrameRate: number | null): number | null {
  const own = rate === null ? null : rate.numerator / rate.denominator;
  return maxFrameRate === null ? own : own === null ? maxFrameRate : Math.min(own, maxFrameRate);
}
