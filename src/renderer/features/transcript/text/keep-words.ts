/**
 * The words of an edited text. A word that is still there keeps its times and its confidence, also when
 * its case or the punctuation at it changes. What was typed in place of words was
 * spoken when they were: it shares their time, and counts as certain, since a person wrote it. What was typed where nothing was has no time.
 */
import type { TranscriptSegment, TranscriptWord } from '../../../../shared/transcript.ts';
import { matchTokens } from './common-tokens.ts';
import { tokensOf, type Token } from './tokens.ts';
import { placeWords, type PlacedWord } from './word-places.ts';

/** A person's word is as certain as it gets. */
const CERTAIN = 1;

/** A word that lives on, and where it stands in the new text. */
interface KeptWord {
  readonly word: TranscriptWord;
  readonly from: number;
  readonly to: number;
}

/** The segment with another text. */
export function withText(segment: TranscriptSegment, text: string): TranscriptSegment {
  return text === segment.text ? segment : { ...segment, text, words: keepWords(segment, text) };
}

/** The words of the new text, in order, within the segment's time. */
export function keepWords(segment: TranscriptSegment, text: string): TranscriptWord[] {
  const before = tokensOf(segment.text);
  const after = tokensOf(text);
  const matches = matchTokens(before, after);
  const words: TranscriptWord[] = [];
  let replaced: TranscriptWord[] = [];
  let from = 0;
  const settle = (to: number): void => {
    words.push(...share(replaced, after.filter((token) => token.from >= from && token.to <= to)));
    replaced = [];
  };
  for (const placed of placeWords(segment)) {
    const kept = findKept({ placed, segment, text, before, after, matches });
    if (kept === null || kept.from < from) {
      replaced.push(placed.word);
      continue;
    }
    settle(kept.from);
    words.push(kept.word);
    from = kept.to;
  }
  settle(text.length);
  return words;
}

interface Search {
  readonly placed: PlacedWord;
  readonly segment: TranscriptSegment;
  readonly text: string;
  readonly before: readonly Token[];
  readonly after: readonly Token[];
  readonly matches: readonly (number | null)[];
}

/** A word is kept when all tokens that it touches are, side by side as they were. */
function findKept({ placed, segment, text, before, after, matches }: Search): KeptWord | null {
  const touched = before.flatMap((token, index) => (token.from < placed.to && token.to > placed.from ? [{ token, match: after[matches[index] ?? -1] }] : []));
  const [first, last] = [touched.at(0), touched.at(-1)];
  if (first?.match === undefined || last?.match === undefined) return null;
  const isWholeToken = touched.length === 1 && placed.from === first.token.from && placed.to === first.token.to;
  if (isWholeToken) return { word: { ...placed.word, text: first.match.text }, from: first.match.from, to: first.match.to };
  if (segment.text.slice(first.token.from, last.token.to) !== text.slice(first.match.from, last.match.to)) return null;
  const from = first.match.from + placed.from - first.token.from;
  return { word: placed.word, from, to: from + placed.to - placed.from };
}

/** The new tokens in the time of the old words: one by one where there are as many, else by length. */
function share(replaced: readonly TranscriptWord[], tokens: readonly Token[]): TranscriptWord[] {
  const [first, last] = [replaced.at(0), replaced.at(-1)];
  if (first === undefined || last === undefined) return [];
  if (replaced.length === tokens.length) {
    return replaced.map((word, index) => ({ text: tokens[index]?.text ?? '', startMs: word.startMs, endMs: word.endMs, confidence: CERTAIN }));
  }
  const total = tokens.reduce((sum, token) => sum + token.text.length, 0);
  let done = 0;
  const timeAt = (length: number): number => first.startMs + Math.round(((last.endMs - first.startMs) * length) / total);
  return tokens.map(({ text }) => {
    const startMs = timeAt(done);
    done += text.length;
    return { text, startMs, endMs: timeAt(done), confidence: CERTAIN };
  });
}
