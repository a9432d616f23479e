/** What can be done to segments. All take and give plain values; times stay in order and words within their segment. */
import type { TranscriptSegment, TranscriptWord } from '../../../../shared/transcript.ts';
import { joinTexts } from './tokens.ts';
import { placeWords } from './word-places.ts';

/** A segment without length is never seen. */
const SHORTEST_MS = 1;

/** Cuts a segment before a character of its text. Null: one half would be empty. */
export function splitSegment(segment: TranscriptSegment, at: number): [TranscriptSegment, TranscriptSegment] | null {
  const [leftText, rightText] = [segment.text.slice(0, at).trimEnd(), segment.text.slice(at).trimStart()];
  if (leftText.trim() === '' || rightText.trim() === '') return null;
  const { left, right } = divideWords(segment, at);
  const [lastLeft, firstRight] = [left.at(-1), right.at(0)];
  const byLength = Math.round(segment.startMs + ((segment.endMs - segment.startMs) * leftText.length) / (leftText.length + rightText.length));
  const cutMs = Math.min(Math.max(byLength, lastLeft?.endMs ?? segment.startMs), firstRight?.startMs ?? segment.endMs);
  // With words on both sides the pause between them belongs to neither.
  const hasBoth = lastLeft !== undefined && firstRight !== undefined;
  return [
    { text: leftText, startMs: segment.startMs, endMs: hasBoth ? lastLeft.endMs : cutMs, words: left },
    { text: rightText, startMs: hasBoth ? firstRight.startMs : cutMs, endMs: segment.endMs, words: right },
  ];
}

/** A word under the cut becomes two, which share its time by length. */
function divideWords(segment: TranscriptSegment, at: number): { left: TranscriptWord[]; right: TranscriptWord[] } {
  const left: TranscriptWord[] = [];
  const right: TranscriptWord[] = [];
  for (const { word, from, to } of placeWords(segment)) {
    if (to <= at) left.push(word);
    else if (from >= at) right.push(word);
    else {
      const cutMs = Math.round(word.startMs + ((word.endMs - word.startMs) * (at - from)) / (to - from));
      left.push({ ...word, text: segment.text.slice(from, at), endMs: cutMs });
      right.push({ ...word, text: segment.text.slice(at, to), startMs: cutMs });
    }
  }
  return { left, right };
}

/** Two neighbours as one. */
export function mergeSegments(first: TranscriptSegment, second: TranscriptSegment): TranscriptSegment {
  return {
    text: joinTexts(first.text, second.text),
    startMs: Math.min(first.startMs, second.startMs),
    endMs: Math.max(first.endMs, second.endMs),
    words: [...first.words, ...second.words],
  };
}

/** Between which times a segment may lie: never over its neighbours more than it does already. */
export function timeLimits(segments: readonly TranscriptSegment[], index: number, durationMs: number): { earliestMs: number; latestMs: number } {
  const { startMs, endMs } = segments[index] ?? { startMs: 0, endMs: 0 };
  return {
    earliestMs: Math.min(startMs, segments[index - 1]?.endMs ?? 0),
    latestMs: Math.max(endMs, segments[index + 1]?.startMs ?? Math.max(durationMs, endMs)),
  };
}

/** The segment at other times, as near to the wanted ones as the limits allow. Words that reach out of them are cut off there. */
export function withTimes(segment: TranscriptSegment, wanted: { startMs: number; endMs: number }, limits: { earliestMs: number; latestMs: number }): TranscriptSegment {
  const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(Math.round(value), low), high);
  const startMs = clamp(wanted.startMs, limits.earliestMs, Math.max(limits.earliestMs, limits.latestMs - SHORTEST_MS));
  const endMs = clamp(wanted.endMs, Math.min(startMs + SHORTEST_MS, limits.latestMs), limits.latestMs);
  const words = segment.words.map((word) => ({ ...word, startMs: clamp(word.startMs, startMs, endMs), endMs: clamp(word.endMs, startMs, endMs) }));
  return { ...segment, startMs, endMs, words };
}
