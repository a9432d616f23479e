/** A transcript as it is heard, shown, edited and exported. Times are milliseconds on the file's time line. */
import * as z from 'zod';

export const transcriptWord = z.object({
  text: z.string(),
  startMs: z.number().nonnegative(),
  endMs: z.number().nonnegative(),
  /** 0–1: the mean probability of its tokens. */
  confidence: z.number().min(0).max(1),
});
export type TranscriptWord = z.infer<typeof transcriptWord>;

/** What is shown at once. words may be fewer than the text has: edited text keeps the words that are still in it. */
export const transcriptSegment = z.object({
  text: z.string(),
  startMs: z.number().nonnegative(),
  endMs: z.number().nonnegative(),
  words: z.array(transcriptWord),
});
export type TranscriptSegment = z.infer<typeof transcriptSegment>;

export const transcript = z.object({
  /** ISO 639-1. */
  language: z.string(),
  durationMs: z.number().nonnegative(),
  segments: z.array(transcriptSegment),
});
export type Transcript = z.infer<typeof transcript>;

/** Below this a word is marked for a second look; about one in twelve of a clear recording. */
export const LOW_CONFIDENCE = 0.5;

/** Formats a transcript can be exported to. */
export const EXPORT_FORMATS = ['srt', 'vtt', 'ass', 'txt', 'docx', 'json', 'csv'] as const;
export const exportFormat = z.enum(EXPORT_FORMATS);
export type ExportFormat = z.infer<typeof exportFormat>;
