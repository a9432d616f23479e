/** Which word is spoken at a moment. */
import type { TranscriptSegment } from '../../../../shared/transcript.ts';

/** A segment and one of its words; word -1: none of them is spoken just now. */
export interface Place {
  readonly segment: number;
  readonly word: number;
}

/** The place that is spoken, by binary search; null before the first segment. Between two the earlier one stays current. */
export function placeAt(segments: readonly TranscriptSegment[], ms: number): Place | null {
  const segment = lastStarted(segments, ms);
  const found = segments[segment];
  if (found === undefined) return null;
  const word = lastStarted(found.words, ms);
  return { segment, word: ms < (found.words[word]?.endMs ?? -1) ? word : -1 };
}

/** Index of the last that has started; -1: none has. */
function lastStarted(spans: readonly { readonly startMs: number }[], ms: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.startMs ?? Infinity) <= ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
