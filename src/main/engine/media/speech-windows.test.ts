import { describe, expect, it } from 'vitest';
import { FRAMES_PER_SECOND, type FrameSpan } from './silence.ts';
import { cutWindows, halveWindow, spanSeconds, windowSpan } from './speech-windows.ts';

function spans(...seconds: readonly (readonly [number, number])[]): FrameSpan[] {
  return seconds.map(([start, end]) => ({ start: Math.round(start * FRAMES_PER_SECOND), end: Math.round(end * FRAMES_PER_SECOND) }));
}

const LOUD = new Int8Array(600 * FRAMES_PER_SECOND).fill(-20);

describe('cutWindows', () => {
  it('leaves what fits into 29.5 s in one window', () => {
    const speech = spans([3, 10], [11, 20], [25, 32]);
    expect(cutWindows(speech, LOUD)).toEqual([speech]);
    expect(cutWindows([], LOUD)).toEqual([]);
  });

  it('cuts in the longest pause between 15 and 29.5 s', () => {
    const windows = cutWindows(spans([0, 8], [10, 17], [17.2, 20], [21, 26], [26.3, 34]), LOUD);
    expect(windows).toEqual([spans([0, 8], [10, 17], [17.2, 20]), spans([21, 26], [26.3, 34])]);
  });

  it('ends a window at a pause of eight seconds, however short it is', () => {
    expect(cutWindows(spans([0, 2], [10, 12], [15, 18]), LOUD)).toEqual([spans([0, 2]), spans([10, 12], [15, 18])]);
  });

  it('cuts speech without a pause at its softest moment', () => {
    const levels = Int8Array.from(LOUD);
    levels.fill(-50, 22 * FRAMES_PER_SECOND, 22 * FRAMES_PER_SECOND + 6);
    const windows = cutWindows(spans([0, 45]), levels);
    expect(windows.map((window) => spanSeconds(windowSpan(window)))).toEqual([22.06, 22.94]);
  });

  it('takes all speech, once, in order, in windows that Whisper hears whole', () => {
    let state = 7;
    const random = (): number => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
    const speech: FrameSpan[] = [];
    for (let at = 0; at < 590 * FRAMES_PER_SECOND; ) {
      const end = Math.min(600 * FRAMES_PER_SECOND, at + 5 + Math.floor(random() * (random() < 0.1 ? 3000 : 300)));
      speech.push({ start: at, end });
      at = end + 8 + Math.floor(random() * (random() < 0.1 ? 600 : 60));
    }
    const windows = cutWindows(speech, LOUD);
    for (const window of windows) expect(spanSeconds(windowSpan(window))).toBeLessThanOrEqual(29.5);
    const frames = (list: readonly FrameSpan[]): number[] => list.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, index) => start + index));
    expect(frames(windows.flat())).toEqual(frames(speech));
  });
});

describe('halveWindow', () => {
  it('cuts at the softest moment of the middle and loses nothing', () => {
    const levels = Int8Array.from(LOUD);
    levels.fill(-60, 490, 500);
    const [first, second] = halveWindow(spans([0, 9], [9.5, 20]), levels);
    expect(first.at(-1)?.end).toBe(second[0]?.start);
    expect(second[0]?.start).toBeGreaterThanOrEqual(488);
    expect(second[0]?.start).toBeLessThanOrEqual(502);
  });
});
