/** Finds where somebody speaks: a pure function of the levels, with a threshold that follows the recording's own noise. */
import { FRAME_SAMPLES, SILENT_DB } from './pcm-levels.ts';
import { SAMPLE_RATE } from './pcm-timeline.ts';

/** In frames of 20 ms; end is the first frame after it. */
export interface FrameSpan {
  readonly start: number;
  readonly end: number;
}

/** Frames in a second. */
export const FRAMES_PER_SECOND = SAMPLE_RATE / FRAME_SAMPLES;

/** The noise may change (a room, a street): it is measured anew over this long, which holds pauses in any speech. */
const BLOCK_FRAMES = 30 * FRAMES_PER_SECOND;
/** Share of frames below the noise floor, and below the loud parts: pauses make up at least a tenth of speech, loud syllables too. */
const FLOOR_SHARE = 0.1;
const LOUD_SHARE = 0.95;
/** Where between the floor and the loud parts speech begins. */
const THRESHOLD_SHARE = 0.3;
/** Never nearer to the floor than noise itself scatters, nor farther than soft speech above it. */
const MIN_ABOVE_FLOOR_DB = 4;
const MAX_ABOVE_FLOOR_DB = 15;
/** Steady noise scatters by 3 dB; speech by 20 and more. */
const MIN_RANGE_DB = 8;
/** Below this nothing is heard; a recording this soft is noise of the converter. */
const ALWAYS_SILENT_DB = -72;
/** Shorter sounds are clicks; shorter pauses belong to speech (stops like p, t, k). */
const MIN_SPEECH_FRAMES = 0.08 * FRAMES_PER_SECOND;
const MIN_PAUSE_FRAMES = 0.16 * FRAMES_PER_SECOND;
/** Soft starts and ends of words lie below the threshold. */
const PAD_FRAMES = 0.1 * FRAMES_PER_SECOND;

/** Spans of speech, in order, apart by at least a short pause. Empty for silence and for steady noise. */
export function findSpeech(levels: Int8Array): FrameSpan[] {
  const thresholds = thresholdsOf(levels);
  const loud = spansWhere(levels.length, (frame) => (levels[frame] ?? SILENT_DB) > (thresholds[Math.floor(frame / BLOCK_FRAMES)] ?? 0));
  const joined = joinNear(loud, MIN_PAUSE_FRAMES).filter((span) => span.end - span.start >= MIN_SPEECH_FRAMES);
  const padded = joined.map(({ start, end }) => ({ start: Math.max(0, start - PAD_FRAMES), end: Math.min(levels.length, end + PAD_FRAMES) }));
  return joinNear(padded, 1);
}

/** One threshold per block, from the levels of the block and its neighbours. */
function thresholdsOf(levels: Int8Array): number[] {
  const blocks = Math.ceil(levels.length / BLOCK_FRAMES);
  const histograms = Array.from({ length: blocks }, (_, block) => histogram(levels.subarray(block * BLOCK_FRAMES, (block + 1) * BLOCK_FRAMES)));
  return histograms.map((_, block) => thresholdOf(sum(histograms.slice(Math.max(0, block - 1), block + 2))));
}

function thresholdOf(counts: Uint32Array): number {
  const floor = Math.max(quantile(counts, FLOOR_SHARE), ALWAYS_SILENT_DB);
  const range = quantile(counts, LOUD_SHARE) - floor;
  if (range < MIN_RANGE_DB) return 0;
  return floor + Math.min(MAX_ABOVE_FLOOR_DB, Math.max(MIN_ABOVE_FLOOR_DB, range * THRESHOLD_SHARE));
}

/** Frames per dB below full scale. */
function histogram(levels: Int8Array): Uint32Array {
  const counts = new Uint32Array(1 - SILENT_DB);
  for (const level of levels) {
    const bin = -level;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

function sum(histograms: readonly Uint32Array[]): Uint32Array {
  const total = new Uint32Array(1 - SILENT_DB);
  for (const counts of histograms) for (const [bin, count] of counts.entries()) total[bin] = (total[bin] ?? 0) + count;
  return total;
}

/** The level that the given share of frames lies at or below. Digital silence is no room's noise and does not count. */
function quantile(counts: Uint32Array, share: number): number {
  const heard = counts.subarray(0, -SILENT_DB);
  const wanted = heard.reduce((total, count) => total + count, 0) * share;
  let below = 0;
  for (let bin = heard.length - 1; bin >= 0; bin -= 1) {
    below += heard[bin] ?? 0;
    if (below >= wanted && below > 0) return -bin;
  }
  return SILENT_DB;
}

function spansWhere(length: number, isInside: (frame: number) => boolean): FrameSpan[] {
  const spans: FrameSpan[] = [];
  let start = -1;
  for (let frame = 0; frame <= length; frame += 1) {
    const inside = frame < length && isInside(frame);
    if (inside && start < 0) start = frame;
    if (!inside && start >= 0) {
      spans.push({ start, end: frame });
      start = -1;
    }
  }
  return spans;
}

function joinNear(spans: readonly FrameSpan[], minGap: number): FrameSpan[] {
  const joined: FrameSpan[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last && span.start - last.end < minGap) joined[joined.length - 1] = { start: last.start, end: span.end };
    else joined.push(span);
  }
  return joined;
}
