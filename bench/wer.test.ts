import { describe, expect, it } from 'vitest';
import { normaliseEnglish, wordErrors } from './wer.ts';

describe('normaliseEnglish', () => {
  it.each([
    ['It’s Mr. Smith’s, isn\'t it?', 'It is Mister Smith is is not it'],
    ['in fourteen fifty-five', 'in 1455'],
    ['five hundred and two', '500 and 2'],
    ['1,000 colours [laughs] (music)', '1000 colours'],
    ['Um, the colour of the 21st', 'the color of the twenty first'],
  ])('takes %j for %j', (left, right) => {
    expect(normaliseEnglish(left)).toEqual(normaliseEnglish(right));
  });
});

describe('wordErrors', () => {
  it('counts substituted, missing and added words', () => {
    expect(wordErrors('a b c d', 'a x c d')).toEqual({ errors: 1, words: 4, percent: 25 });
    expect(wordErrors('a b c d', 'a c d e f').errors).toBe(3);
    expect(wordErrors('A, b!', 'a b').errors).toBe(0);
    expect(wordErrors('a b', '').percent).toBe(100);
  });
});
