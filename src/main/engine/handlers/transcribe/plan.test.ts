import { expect, it } from 'vitest';
import { isFinal, part } from './plan.ts';

const FIRST_HEARING = {
  language: 'en',
  segments: [{ startSeconds: 0, endSeconds: 1.5, text: 'Again.', words: [{ startSeconds: 0, endSeconds: 1.5, text: 'Again.', confidence: 0.3 }] }],
  tokens: [{ id: 1, probability: 0.3 }],
};

it('a part of a version that knew no second hearings is final', () => {
  expect(isFinal(part.parse({ segments: [] }))).toBe(true);
});

it('a part that waits for its second hearing is not final and keeps the first as it was', () => {
  const stored = part.parse(JSON.parse(JSON.stringify({ segments: [], firstHearing: FIRST_HEARING })));
  expect(isFinal(stored)).toBe(false);
  expect(stored.firstHearing).toEqual(FIRST_HEARING);
});

it('a window without a part is not final', () => {
  expect(isFinal(undefined)).toBe(false);
});
