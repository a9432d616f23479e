import { expect, test } from 'vitest';
import type { TranscriptSegment } from '../../../../shared/transcript.ts';
import { keepWords } from './keep-words.ts';

function heard(text: string, words: readonly string[]): TranscriptSegment {
  return { text, startMs: 0, endMs: words.length * 100, words: words.map((word, index) => ({ text: word, startMs: index * 100, endMs: index * 100 + 90, confidence: 0.4 })) };
}
const english = (text: string): TranscriptSegment => heard(text, text.split(' '));
const told = (segment: TranscriptSegment, text: string): [string, number, number, number][] => keepWords(segment, text).map((word) => [word.text, word.startMs, word.endMs, word.confidence]);

test('untouched words keep times and confidence when words are put between them', () => {
  expect(told(english('we met today'), 'we never really met today')).toEqual([['we', 0, 90, 0.4], ['met', 100, 190, 0.4], ['today', 200, 290, 0.4]]);
});

test('a word stays itself when its case or its punctuation changes', () => {
  expect(told(english('we met today'), 'We met, today.')).toEqual([['We', 0, 90, 0.4], ['met,', 100, 190, 0.4], ['today.', 200, 290, 0.4]]);
});

test('more words than were heard share the time by length', () => {
  expect(told(english('we cannot go'), 'we can never go')).toEqual([['we', 0, 90, 0.4], ['can', 100, 134, 1], ['never', 134, 190, 1], ['go', 200, 290, 0.4]]);
});

test('what is typed where nothing was has no word', () => {
  expect(told(english('we met'), 'we have met')).toEqual([['we', 0, 90, 0.4], ['met', 100, 190, 0.4]]);
});

test('a deleted word is gone and its neighbours stay', () => {
  expect(told(english('um we met'), 'we met')).toEqual([['we', 100, 190, 0.4], ['met', 200, 290, 0.4]]);
});

test('a corrected word keeps its time and is certain', () => {
  expect(told(english('I no that'), 'I know that')[1]).toEqual(['know', 100, 190, 1]);
});

test('two words that become one share both times', () => {
  expect(told(english('some thing new'), 'something new')).toEqual([['something', 0, 190, 1], ['new', 200, 290, 0.4]]);
});

test('of a repeated word the right one is kept', () => {
  expect(told(english('no no yes no'), 'no yes no').map(([word, start]) => [word, start])).toEqual([['no', 0], ['yes', 200], ['no', 300]]);
});

test('a word inside another word is not the same word', () => {
  expect(told(english('a cat sat'), 'a concatenation sat')[1]).toEqual(['concatenation', 100, 190, 1]);
});

test('Chinese words keep their times around a corrected character', () => {
  const segment = heard('今天天汽很好', ['今天', '天汽', '很', '好']);
  expect(told(segment, '今天天气很好')).toEqual([['今天', 0, 90, 0.4], ['天', 100, 145, 1], ['气', 145, 190, 1], ['很', 200, 290, 0.4], ['好', 300, 390, 0.4]]);
});

test('words within one token, as Whisper cuts some, stay while the token does', () => {
  const segment = heard('ggml-tiny runs', ['ggml', '-tiny', 'runs']);
  expect(told(segment, 'and ggml-tiny runs').map(([word]) => word)).toEqual(['ggml', '-tiny', 'runs']);
});

test('an empty text has no words', () => {
  expect(keepWords(english('we met'), '  ')).toEqual([]);
});

test('text far beyond the table keeps what is equal at both ends, at once', () => {
  const words = Array.from({ length: 6000 }, (_, index) => `w${index}`);
  const segment = english(words.join(' '));
  const changed = words.map((word, index) => (index > 100 && index < 5900 ? `${word}x` : word)).join(' ');
  const kept = keepWords(segment, changed);
  expect(kept).toHaveLength(6000);
  expect(kept.filter(({ confidence }) => confidence === 0.4)).toHaveLength(201);
});
