import { expect, test } from 'vitest';
import { LOW_CONFIDENCE as SHARED, type TranscriptSegment } from '../../../../shared/transcript.ts';
import { countDoubtful, LOW_CONFIDENCE, nextDoubtful } from './doubt.ts';

const segment = (...confidences: readonly number[]): TranscriptSegment => ({ text: '', startMs: 0, endMs: 0, words: confidences.map((confidence) => ({ text: 'x', startMs: 0, endMs: 0, confidence })) });

test('doubtful words are counted and visited in order, then from the start again', () => {
  const segments = [segment(0.9, 0.2), segment(), segment(0.1, LOW_CONFIDENCE)];
  expect(countDoubtful(segments)).toBe(2);
  expect(nextDoubtful(segments, { segment: -1, word: -1 })).toEqual({ segment: 0, word: 1 });
  expect(nextDoubtful(segments, { segment: 0, word: 1 })).toEqual({ segment: 2, word: 0 });
  expect(nextDoubtful(segments, { segment: 2, word: 0 })).toEqual({ segment: 0, word: 1 });
  expect(nextDoubtful([segment(1)], { segment: -1, word: -1 })).toBeNull();
});

test('the bound is the shared one', () => {
  expect(LOW_CONFIDENCE).toBe(SHARED);
});
