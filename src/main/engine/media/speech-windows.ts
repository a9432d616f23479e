/** Cuts speech into windows that Whisper hears whole: pure, so the same levels always give the same windows. */
import { FRAME_SAMPLES, SILENT_DB } from './pcm-levels.ts';
import { SAMPLE_RATE } from './pcm-timeline.ts';
import { FRAMES_PER_SECOND, type FrameSpan } from './silence.ts';

/** Samples of the decoded file; end is the first sample after it. */
export interface SampleSpan {
  readonly startSample: number;
  readonly endSample: number;
}


/** Whisper hears 30 s at once; half a second is left so that rounding never makes a second, almost empty run. */
const MAX_FRAMES = 29.5 * FRAMES_PER_SECOND;
/** Every window costs as much as a full one, so none is cut shorter than this while speech goes on. */
const MIN_FRAMES = 15 * FRAMES_PER_SECOND;
/**
 * A longer pause always ends the window: Whisper makes up text over silence. Shorter ones stay in it, at full length: with a
 * shortened one, a word that Whisper puts on the wrong side would be wrong by all that was taken out.
 */
const LONG_PAUSE_FRAMES = 8 * FRAMES_PER_SECOND;

/**
 * The speech of each window: what one run of Whisper hears, 15–29.5 s, cut in the longest pause there or, where nobody pauses, at the
 * softest moment.
 */
export function cutWindows(speech: readonly FrameSpan[], levels: Int8Array): FrameSpan[][] {
  const windows: FrameSpan[][] = [];
  let rest = [...speech];
  while (rest.length > 0) {
    const { taken, left } = takeWindow(rest, levels);
    windows.push(taken);
    rest = left;
  }
  return windows;
}

/** What Whisper hears for a window: all from its first word to its last. */
export function windowSpan(speech: readonly FrameSpan[]): SampleSpan {
  return { startSample: (speech.at(0)?.start ?? 0) * FRAME_SAMPLES, endSample: (speech.at(-1)?.end ?? 0) * FRAME_SAMPLES };
}

export function spanSeconds({ startSample, endSample }: SampleSpan): number {
  return (endSample - startSample) / SAMPLE_RATE;
}

/** The window in two, at the softest moment of its middle third, for when Whisper can't cope with the whole. */
export function halveWindow(speech: readonly FrameSpan[], levels: Int8Array): [FrameSpan[], FrameSpan[]] {
  const total = speech.reduce((sum, span) => sum + span.end - span.start, 0);
  const frames = speech.flatMap((span) => Array.from({ length: span.end - span.start }, (_, index) => span.start + index));
  const middle = frames.slice(Math.floor(total / 3), Math.ceil((2 * total) / 3));
  const cut = middle.reduce((softest, frame) => (softness(levels, frame) < softness(levels, softest) ? frame : softest), middle[0] ?? 0);
  const keep = (from: number, to: number): FrameSpan[] =>
    speech.map(({ start, end }) => ({ start: Math.max(start, from), end: Math.min(end, to) })).filter(({ start, end }) => end > start);
  return [keep(0, cut), keep(cut, Number.POSITIVE_INFINITY)];
}

interface Cut {
  /** Spans before this index belong to the window. */
  readonly index: number;
  /** Frame inside the span of that index where it is cut; null: before it. */
  readonly frame: number | null;
}

function takeWindow(spans: readonly FrameSpan[], levels: Int8Array): { taken: FrameSpan[]; left: FrameSpan[] } {
  const cut = chooseCut(spans, levels);
  const taken = spans.slice(0, cut.index);
  const left = spans.slice(cut.index);
  const divided = left[0];
  if (cut.frame === null || divided === undefined) return { taken, left };
  return {
    taken: [...taken, { start: divided.start, end: cut.frame }],
    left: [{ start: cut.frame, end: divided.end }, ...left.slice(1)],
  };
}

function chooseCut(spans: readonly FrameSpan[], levels: Int8Array): Cut {
  const origin = spans[0]?.start ?? 0;
  let best: { index: number; pause: number } | undefined;
  for (const [index, span] of spans.entries()) {
    const previous = spans[index - 1];
    if (previous !== undefined) {
      const pause = span.start - previous.end;
      if (pause >= LONG_PAUSE_FRAMES) return { index, frame: null };
      if (previous.end - origin >= MIN_FRAMES && (best === undefined || pause >= best.pause)) best = { index, pause };
    }
    if (span.end - origin > MAX_FRAMES) return best === undefined ? divide(index, span, origin, levels) : { index: best.index, frame: null };
  }
  return { index: spans.length, frame: null };
}

/** No pause in reach: before the span that is too long if enough stands before it, else at its softest frame in reach. */
function divide(index: number, span: FrameSpan, origin: number, levels: Int8Array): Cut {
  const from = Math.max(span.start + 1, origin + MIN_FRAMES);
  const to = origin + MAX_FRAMES;
  if (from >= to) return { index, frame: null };
  let softest = from;
  for (let frame = from; frame < to; frame += 1) {
    if (softness(levels, frame) <= softness(levels, softest)) softest = frame;
  }
  return { index, frame: softest };
}

/** Mean level of 100 ms around a frame, so that a single soft period of a voice is not taken for a pause. */
function softness(levels: Int8Array, frame: number): number {
  let total = 0;
  for (let near = frame - 2; near <= frame + 2; near += 1) total += levels[near] ?? SILENT_DB;
  return total;
}
