import * as z from 'zod';
import type { Transcript } from './transcript.ts';

const word = z.strictObject({
  text: z.string(),
  startSeconds: z.number().nonnegative(),
  endSeconds: z.number().nonnegative(),
  /** 0–1: how sure Whisper was. */
  confidence: z.number().min(0).max(1),
});

/** The JSON transcript. Times are seconds of the original file, to the millisecond. `words` is there when word times were asked for. */
export const transcriptJson = z.strictObject({
  /** Whisper's code, mostly ISO 639-1. */
  language: z.string(),
  model: z.string(),
  durationSeconds: z.number().nonnegative(),
  segments: z.array(
    z.strictObject({ startSeconds: z.number().nonnegative(), endSeconds: z.number().nonnegative(), text: z.string(), words: z.array(word).optional() }),
  ),
});
export type TranscriptJson = z.infer<typeof transcriptJson>;

export function writeJson(transcript: Transcript, withWordTimes: boolean): string {
  const document: TranscriptJson = {
    language: transcript.language,
    model: transcript.model,
    durationSeconds: Math.round(transcript.durationSeconds * 1000) / 1000,
    segments: transcript.segments.map((segment) => ({
      startSeconds: segment.startMs / 1000,
      endSeconds: segment.endMs / 1000,
      text: segment.text,
      ...(withWordTimes
        ? { words: segment.words.map(({ text, startMs, endMs, confidence }) => ({ text, startSeconds: startMs / 1000, endSeconds: endMs / 1000, confidence })) }
        : {}),
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
