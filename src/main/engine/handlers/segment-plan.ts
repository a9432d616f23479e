/** How finely long work is cut, so that a kill costs little and cutting costs next to nothing. Plain values in and out. */

export interface SegmentWish {
  /** Where cuts are possible: ascending, in seconds, the first one is the start. */
  readonly cutSeconds: readonly number[];
  readonly endSeconds: number;
  /** Wall seconds of work for a second of media. */
  readonly pace: number;
  readonly inputBytes: number;
}

export interface SegmentDecision {
  readonly tier: 'short' | 'normal' | 'long' | 'huge';
  /** Indexes into cutSeconds, ascending; the first is 0. One segment each, up to the next. */
  readonly cuts: readonly number[];
}

/** Below this much work, starting again is cheaper for everybody than parts, checks and a join. */
const SHORT_WORK_SECONDS = 15;
/** Over an hour of work, at least 10 segments: each tenth is a visible, kept step. */
const LONG_WORK_SECONDS = 3600;
const LONG_SEGMENTS = 10;
/** Above 10 GB, at least 20, and the user is advised to split: every check reads the file, and a copy alone takes minutes. */
export const HUGE_INPUT_BYTES = 10_000_000_000;
const HUGE_SEGMENTS = 20;
/**
 * A checked segment costs 0.24 CPU seconds however long it is: 30 s of source keep that below 2 % at 720p.
 * Where 30 s are encoded in less than MIN_WORK_SECONDS, segments grow (the cost would reach 3 %); where they take more than
 * MAX_WORK_SECONDS, they shrink (a kill would cost too much).
 */
const USUAL_SECONDS = 30;
const MIN_WORK_SECONDS = 5;
const MAX_WORK_SECONDS = 90;
/** Shorter ones lose quality at their ends to the encoder's start-up; longer ones lose too much to a kill whatever their pace. */
const SHORTEST_SECONDS = 10;
const LONGEST_SECONDS = 120;
/** A tail shorter than this joins its neighbour: an encoder process for a few frames is waste. */
const SHORTEST_TAIL_SECONDS = 1;

export function planSegments(wish: SegmentWish): SegmentDecision {
  const start = wish.cutSeconds[0] ?? 0;
  const duration = wish.endSeconds - start;
  const tier = tierOf(duration * wish.pace, wish.inputBytes);
  if (tier === 'short') return { tier, cuts: [0] };
  return { tier, cuts: cutEvery(segmentSeconds(tier, duration, wish.pace), wish) };
}

function tierOf(workSeconds: number, inputBytes: number): SegmentDecision['tier'] {
  if (inputBytes > HUGE_INPUT_BYTES) return 'huge';
  if (workSeconds > LONG_WORK_SECONDS) return 'long';
  return workSeconds > SHORT_WORK_SECONDS ? 'normal' : 'short';
}

function segmentSeconds(tier: 'normal' | 'long' | 'huge', duration: number, pace: number): number {
  const byWork = clamp(USUAL_SECONDS, MIN_WORK_SECONDS / pace, MAX_WORK_SECONDS / pace);
  const bounded = clamp(byWork, SHORTEST_SECONDS, LONGEST_SECONDS);
  const atLeast = tier === 'huge' ? HUGE_SEGMENTS : tier === 'long' ? LONG_SEGMENTS : 1;
  return Math.min(bounded, duration / atLeast);
}

/** The next possible cut at least `seconds` after the last one. Where there is none for long, the segment is just longer. */
function cutEvery(seconds: number, { cutSeconds, endSeconds }: SegmentWish): number[] {
  const cuts = [0];
  let last = cutSeconds[0] ?? 0;
  for (const [index, at] of cutSeconds.entries()) {
    if (at - last < seconds || endSeconds - at < SHORTEST_TAIL_SECONDS) continue;
    cuts.push(index);
    last = at;
  }
  return cuts;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
