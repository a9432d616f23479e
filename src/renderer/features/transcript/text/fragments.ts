/** A segment's text as it is shown: words, what is between them, and where a search found something. */
import type { TranscriptSegment } from '../../../../shared/transcript.ts';
import type { Match } from './find.ts';
import { piecesOf, type PlacedWord } from './word-places.ts';

export interface Fragment {
  readonly text: string;
  readonly from: number;
  readonly isMatch: boolean;
  /** The match that a search stands at. */
  readonly isCurrent: boolean;
}

export interface ShownPiece {
  readonly placed: PlacedWord | null;
  readonly fragments: readonly Fragment[];
}

/** The pieces of a segment, each cut where a match begins or ends. */
export function showPieces(segment: TranscriptSegment, matches: readonly Match[], current: Match | null): ShownPiece[] {
  return piecesOf(segment).map(({ text, from, placed }) => {
    const to = from + text.length;
    const cuts = matches.flatMap((match) => [match.from, match.to]).filter((at) => at > from && at < to);
    const edges = [from, ...cuts, to];
    const fragments = edges.slice(0, -1).map((start, index): Fragment => {
      const end = edges[index + 1] ?? to;
      const match = matches.find((candidate) => candidate.from <= start && candidate.to >= end);
      return { text: text.slice(start - from, end - from), from: start, isMatch: match !== undefined, isCurrent: match !== undefined && match === current };
    });
    return { placed, fragments };
  });
}
