import { expect, test } from 'vitest';
import type { TranscriptSegment } from '../../../../shared/transcript.ts';
import { placeAt } from './playback.ts';

const word = (startMs: number, endMs: number): TranscriptSegment['words'][number] => ({ text: 'x', startMs, endMs, confidence: 1 });
const SEGMENTS: TranscriptSegment[] = [
  { text: 'x x', startMs: 1000, endMs: 2000, words: [word(1000, 1400), word(1500, 2000)] },
  { text: 'typed', startMs: 3000, endMs: 4000, words: [] },
];

test.each([
  [999, null],
  [1000, { segment: 0, word: 0 }],
  [1399, { segment: 0, word: 0 }],
  [1400, { segment: 0, word: -1 }],
  [1500, { segment: 0, word: 1 }],
  [2500, { segment: 0, word: -1 }],
  [3500, { segment: 1, word: -1 }],
  [9000, { segment: 1, word: -1 }],
])('at %i ms it is %j', (ms, place) => {
  expect(placeAt(SEGMENTS, ms)).toEqual(place);
});

test('in ten hours of speech the right word is found', () => {
  const many = Array.from({ length: 10_000 }, (_, index): TranscriptSegment => ({ text: 'x x', startMs: index * 3600, endMs: index * 3600 + 3000, words: [word(index * 3600, index * 3600 + 1000), word(index * 3600 + 1000, index * 3600 + 3000)] }));
  expect(placeAt(many, 7777 * 3600 + 1500)).toEqual({ segment: 7777, word: 1 });
});
