import { expect, test } from 'vitest';
import type { TranscriptSegment } from '../../../../shared/transcript.ts';
import { findMatches, matchFrom, replaceInSegment, type Query } from './find.ts';

const segment = (text: string): TranscriptSegment => ({ text, startMs: 0, endMs: 1, words: [] });
const query = (text: string, more: Partial<Query> = {}): Query => ({ text, isCaseSensitive: false, isWholeWord: false, ...more });
const places = (text: string, wanted: Query): string[] => findMatches([segment(text)], wanted).map(({ from, to }) => text.slice(from, to));

test('case counts only when asked for', () => {
  expect(places('Tom and tom', query('tom'))).toEqual(['Tom', 'tom']);
  expect(places('Tom and tom', query('tom', { isCaseSensitive: true }))).toEqual(['tom']);
});

test('a whole word has no letter beside it, in any script', () => {
  expect(places('cat concat cats cat.', query('cat', { isWholeWord: true }))).toEqual(['cat', 'cat']);
  expect(places('été étés', query('été', { isWholeWord: true }))).toEqual(['été']);
});

test('signs of patterns are only text', () => {
  expect(places('a.b a+b (a|b) $1 [x] c:\\d a-b /', query('a.b'))).toEqual(['a.b']);
  for (const sign of ['(a|b)', '$1', '[x]', '\\d', 'a-b', '/', '+']) expect(places('a.b a+b (a|b) $1 [x] c:\\d a-b /', query(sign))).toEqual([sign]);
});

test('matches come in reading order and an empty query finds none', () => {
  expect(findMatches([segment('xx'), segment('y'), segment('x')], query('x')).map(({ segment: index, from }) => [index, from])).toEqual([[0, 0], [0, 1], [2, 0]]);
  expect(findMatches([segment('x')], query(''))).toEqual([]);
});

test('the next match is at or behind the place, and after the last comes the first', () => {
  const matches = findMatches([segment('xx'), segment('x')], query('x'));
  expect(matchFrom(matches, { segment: 0, at: 1 })).toBe(1);
  expect(matchFrom(matches, { segment: 0, at: 2 })).toBe(2);
  expect(matchFrom(matches, { segment: 1, at: 1 })).toBe(0);
  expect(matchFrom([], { segment: 0, at: 0 })).toBe(-1);
});

test('a replacement with a dollar sign is taken as it is', () => {
  expect(replaceInSegment(segment('5 euro'), query('5 euro'), '$&5').text).toBe('$&5');
});
