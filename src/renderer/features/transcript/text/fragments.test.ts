import { expect, test } from 'vitest';
import { showPieces } from './fragments.ts';

const SEGMENT = { text: 'one two', startMs: 0, endMs: 2, words: [{ text: 'one', startMs: 0, endMs: 1, confidence: 1 }, { text: 'two', startMs: 1, endMs: 2, confidence: 1 }] };

test('a match over the end of a word cuts the word and what follows', () => {
  const match = { segment: 0, from: 2, to: 5 };
  const pieces = showPieces(SEGMENT, [match], match);
  expect(pieces.map(({ placed, fragments }) => [placed?.index ?? null, fragments.map(({ text, isMatch, isCurrent }) => `${text}${isMatch ? '*' : ''}${isCurrent ? '!' : ''}`)])).toEqual([
    [0, ['on', 'e*!']],
    [null, [' *!']],
    [1, ['t*!', 'wo']],
  ]);
  expect(pieces.flatMap(({ fragments }) => fragments.map(({ text }) => text)).join('')).toBe('one two');
});
