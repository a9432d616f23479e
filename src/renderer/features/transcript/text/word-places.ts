/** Where the words of a segment stand in its text. */
import type { TranscriptSegment, TranscriptWord } from '../../../../shared/transcript.ts';

/** A word and its place in the text. */
export interface PlacedWord {
  readonly word: TranscriptWord;
  /** Its index among the segment's words. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** A stretch of text: one word, or what stands between words. */
export interface TextPiece {
  readonly text: string;
  readonly from: number;
  readonly placed: PlacedWord | null;
}

/** The words that stand in the text, in order; one that does not is left out. */
export function placeWords({ text, words }: TranscriptSegment): PlacedWord[] {
  const placed: PlacedWord[] = [];
  let from = 0;
  for (const [index, word] of words.entries()) {
    const needle = word.text.trim();
    const at = needle === '' ? -1 : text.indexOf(needle, from);
    if (at < 0) continue;
    from = at + needle.length;
    placed.push({ word, index, from: at, to: from });
  }
  return placed;
}

/** The whole text in pieces, to be shown one after the other. */
export function piecesOf(segment: TranscriptSegment): TextPiece[] {
  const pieces: TextPiece[] = [];
  let from = 0;
  const between = (to: number): void => {
    if (to > from) pieces.push({ text: segment.text.slice(from, to), from, placed: null });
  };
  for (const placed of placeWords(segment)) {
    between(placed.from);
    pieces.push({ text: segment.text.slice(placed.from, placed.to), from: placed.from, placed });
    from = placed.to;
  }
  between(segment.text.length);
  return pieces;
}
