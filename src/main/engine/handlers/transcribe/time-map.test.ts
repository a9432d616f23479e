import { describe, expect, it } from 'vitest';
import { mapSegments, type WindowTimes } from './time-map.ts';

/** Speech from 100 to 105 s and from 108 to 112 s; the decoded file begins 2 s into the recording. */
const TIMES: WindowTimes = { speech: [{ start: 5000, end: 5250 }, { start: 5400, end: 5600 }], offsetSamples: 32_000 };

function segment(startSeconds: number, endSeconds: number): Parameters<typeof mapSegments>[0][number] {
  return { startSeconds, endSeconds, text: 'word', words: [{ text: 'word', startSeconds, endSeconds, confidence: 0.98765 }] };
}

describe('mapSegments', () => {
  it('gives times of the file', () => {
    expect(mapSegments([segment(1, 4)], TIMES)).toEqual([{ text: 'word', startMs: 103_000, endMs: 106_000, words: [{ text: 'word', startMs: 103_000, endMs: 106_000, confidence: 0.988 }] }]);
  });

  it('moves what lies in a pause to the edge of speech', () => {
    expect(mapSegments([segment(0, 7), segment(6, 20)], TIMES).map(({ startMs, endMs }) => [startMs, endMs])).toEqual([[102_000, 107_000], [110_000, 114_000]]);
  });

  it('never goes back', () => {
    const mapped = mapSegments([segment(3, 4), segment(2, 3), segment(4.5, 4.2)], TIMES);
    let lastMs = 0;
    for (const { startMs, endMs, words } of mapped) {
      expect(startMs).toBeGreaterThanOrEqual(lastMs);
      expect(endMs).toBeGreaterThanOrEqual(startMs);
      for (const word of words) expect([word.startMs >= startMs, word.endMs <= endMs]).toEqual([true, true]);
      lastMs = endMs;
    }
  });
});
