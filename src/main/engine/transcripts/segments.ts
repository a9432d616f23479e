/** Makes edited segments fit to be kept and written: clean text, times in order, words that are in the text. */
import { TaskError } from '../../../shared/errors.ts';
import type { TranscriptSegment, TranscriptWord } from '../../../shared/transcript.ts';
import { formatTime } from '../handlers/transcribe/formats/transcript.ts';

/** Containers round their length, and a last word may end with the last packet. */
const BEYOND_END_MS = 500;

/**
 * What is kept of an edit. A segment without text is one that was deleted: it is dropped. Times are rounded to milliseconds; words that
 * are not in the text any more, or lie outside the segment, go. Times that make no sense are refused (USAGE, nothing is kept): a segment
 * that ends before it begins, begins before the one before it has ended, or ends behind the recording.
 */
export function cleanSegments(segments: readonly TranscriptSegment[], durationMs: number): TranscriptSegment[] {
  const cleaned = segments.map(cleanSegment);
  let before: TranscriptSegment | undefined;
  for (const [index, segment] of cleaned.entries()) {
    const problem = timeProblem(segment, before, durationMs);
    if (problem !== null) throw new TaskError('USAGE', `Segment ${index + 1} of the transcript (${formatTime(segment.startMs, '.')}) ${problem}. Nothing was saved; correct its times.`);
    before = segment;
  }
  return cleaned.filter(({ text }) => text !== '');
}

function timeProblem({ startMs, endMs }: TranscriptSegment, before: TranscriptSegment | undefined, durationMs: number): string | null {
  if (endMs < startMs) return `ends before it begins, at ${formatTime(endMs, '.')}`;
  if (before !== undefined && startMs < before.endMs) return `begins before the one before it ends, at ${formatTime(before.endMs, '.')}`;
  if (endMs > durationMs + BEYOND_END_MS) return `ends behind the end of the recording, at ${formatTime(endMs, '.')}`;
  return null;
}

function cleanSegment({ text, startMs, endMs, words }: TranscriptSegment): TranscriptSegment {
  const segment = { text: cleanText(text).trim(), startMs: Math.round(startMs), endMs: Math.round(endMs) };
  return { ...segment, words: wordsWithin(wordsIn(segment.text, words), segment) };
}

/**
 * Text that every format can hold: line ends are \n; control characters and halves of surrogate pairs, which XML forbids
 * (XML 1.0, production Char), are gone.
 */
export function cleanText(text: string): string {
  return text.toWellFormed().replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n').replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g, '');
}

/** The words that are in the text, in their order; each is looked for behind the one before. */
export function wordsIn(text: string, words: readonly TranscriptWord[]): TranscriptWord[] {
  let from = 0;
  return words.filter((word) => {
    const at = word.text === '' ? -1 : text.indexOf(word.text, from);
    if (at >= 0) from = at + word.text.length;
    return at >= 0;
  });
}

function wordsWithin(words: readonly TranscriptWord[], { startMs, endMs }: { startMs: number; endMs: number }): TranscriptWord[] {
  let earliestMs = startMs;
  const kept: TranscriptWord[] = [];
  for (const word of words) {
    const times = { startMs: Math.round(word.startMs), endMs: Math.round(word.endMs) };
    if (times.startMs < earliestMs || times.endMs < times.startMs || times.endMs > endMs) continue;
    kept.push({ ...word, ...times });
    earliestMs = times.endMs;
  }
  return kept;
}
