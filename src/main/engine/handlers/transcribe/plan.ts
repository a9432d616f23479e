/** What a transcription keeps: the cut list before the first window, and each window's words. */
import * as z from 'zod';
import type { FrameSpan } from '../../media/silence.ts';
import type { HeardWindow } from '../../media/whisper-output.ts';

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
  /** Threads of whisper-cli: other counts may round differently, and a resumed transcript shall equal one in a go. */
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

const heardSpan = { startSeconds: z.number(), endSeconds: z.number(), text: z.string() };
const heardWindow: z.ZodType<HeardWindow> = z.object({
  language: z.string(),
  segments: z.array(z.object({ ...heardSpan, words: z.array(z.object({ ...heardSpan, confidence: z.number() })) })),
  tokens: z.array(z.object({ id: z.int(), probability: z.number() })),
});

/** One window's words. Stored when the window was heard, and once more if it was heard again. */
export const part = z.object({
  /** What goes into the transcript. */
  segments: z.array(segment),
  /**
   * What Whisper said first, where it repeated itself or doubted: the window is to be heard again, and until then `segments` are
   * this hearing's. The second hearing is judged by it and sets it to null. Null from the start for a good first hearing.
   */
  firstHearing: heardWindow.nullable().default(null),
});
export type Part = z.infer<typeof part>;

/** Whether nothing is left to hear: each window has a part, and none waits for its second hearing. */
export function isComplete(current: Plan, parts: ReadonlyMap<number, Part>): boolean {
  return current.windows.every((_, index) => isFinal(parts.get(index)));
}

/** Undefined: the window was not heard yet. */
export function isFinal(stored: Part | undefined): boolean {
  return stored?.firstHearing === null;
}

/** A window's stretches as the media folder takes them. */
export function speechOf(window: Plan['windows'][number]): FrameSpan[] {
  return window.map(([start, end]) => ({ start, end }));
}
