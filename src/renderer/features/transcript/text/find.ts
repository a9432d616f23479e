/** Find and replace in a transcript. */
import type { TranscriptSegment } from '../../../../shared/transcript.ts';
import { withText } from './keep-words.ts';

/** What is looked for. */
export interface Query {
  readonly text: string;
  readonly isCaseSensitive: boolean;
  /** Only where no letter or digit stands before or behind. */
  readonly isWholeWord: boolean;
}

/** One place where it stands. */
export interface Match {
  readonly segment: number;
  readonly from: number;
  readonly to: number;
}

/** All places, in reading order; a text that crosses two segments is none. Empty for an empty query. */
export function findMatches(segments: readonly TranscriptSegment[], query: Query): Match[] {
  const pattern = patternOf(query);
  if (pattern === null) return [];
  return segments.flatMap(({ text }, segment) => Array.from(text.matchAll(pattern), (match) => ({ segment, from: match.index, to: match.index + match[0].length })));
}

/** The index of the first match at or behind a place, from the start again when there is none. -1: no matches. */
export function matchFrom(matches: readonly Match[], place: { segment: number; at: number }): number {
  if (matches.length === 0) return -1;
  const index = matches.findIndex((match) => match.segment > place.segment || (match.segment === place.segment && match.from >= place.at));
  return index < 0 ? 0 : index;
}

/** A segment with every match replaced. The replacement is text, `$` too. */
export function replaceInSegment(segment: TranscriptSegment, query: Query, replacement: string): TranscriptSegment {
  const pattern = patternOf(query);
  return pattern === null ? segment : withText(segment, segment.text.replaceAll(pattern, () => replacement));
}

/** A segment with one match replaced. */
export function replaceMatch(segment: TranscriptSegment, match: Match, replacement: string): TranscriptSegment {
  return withText(segment, segment.text.slice(0, match.from) + replacement + segment.text.slice(match.to));
}

function patternOf({ text, isCaseSensitive, isWholeWord }: Query): RegExp | null {
  if (text === '') return null;
  const literal = text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  const whole = isWholeWord ? String.raw`(?<![\p{L}\p{M}\p{N}_])${literal}(?![\p{L}\p{M}\p{N}_])` : literal;
  return new RegExp(whole, isCaseSensitive ? 'gu' : 'giu');
}
