/** What a transcription keeps: the cut list before the first window, and each window's words. */
import * as z from 'zod';
import type { FrameSpan } from '../../media/silence.ts';

/** Frames of 20 ms of the decoded file; end is the first after it. */
const span = z.tuple([z.int().nonnegative(), z.int().nonnegative()]);

export const plan = z.object({
  /** The file as it was when it was cut: another size or date is another recording. */
  source: z.object({ sizeBytes: z.number(), modifiedMs: z.number() }),
  audioTrack: z.int(),
  /** The file's length as it says itself, else of its decoded audio. */
  durationSeconds: z.number().nonnegative(),
  /** Samples decoded, and what to add to a sample's number to get its place on the file's time line. */
  samples: z.int(),
  offsetSamples: z.int(),
  /** The model that hears all windows; sizes tell whether it was replaced. */
  model: z.object({ path: z.string(), name: z.string(), sizeBytes: z.number() }),
  /** Whisper's code; what was detected where `auto` was asked for. */
  language: z.string(),
  translate: z.boolean(),
  /** Threads of each process: other counts may round differently, and a resumed transcript shall equal one in a go. */
  threads: z.int().positive(),
  /** Stretches of speech of each window. */
  windows: z.array(z.array(span)),
});
export type Plan = z.infer<typeof plan>;

const word = z.object({ text: z.string(), startMs: z.int(), endMs: z.int(), confidence: z.number() });
const segment = z.object({ text: z.string(), startMs: z.int(), endMs: z.int(), words: z.array(word) });
/** Times are milliseconds on the file's time line. */
export type Word = z.infer<typeof word>;
export type Segment = z.infer<typeof segment>;

export const part = z.object({ segments: z.array(segment) });
export type Part = z.infer<typeof part>;

/** A window's stretches as the media folder takes them. */
export function speechOf(window: Plan['windows'][number]): FrameSpan[] {
  return window.map(([start, end]) => ({ start, end }));
}
