import { describe, expect, it } from 'vitest';
import { findSpeech, FRAMES_PER_SECOND } from './silence.ts';

/** Levels with a little scatter, always the same. */
function levels(...parts: readonly (readonly [seconds: number, db: number])[]): Int8Array {
  const values = parts.flatMap(([seconds, db]) => Array.from({ length: seconds * FRAMES_PER_SECOND }, (_, index) => Math.max(-100, Math.min(0, db + ((index * 7) % 5) - 2))));
  return Int8Array.from(values);
}

/** Speech as levels have it: syllables of 0.2 s between soft consonants. */
function speech(seconds: number, db: number): (readonly [number, number])[] {
  return Array.from({ length: Math.round(seconds / 0.3) }, () => [[0.2, db], [0.1, db - 15]] as const).flat();
}

function inSeconds(found: ReturnType<typeof findSpeech>): [number, number][] {
  return found.map(({ start, end }) => [start / FRAMES_PER_SECOND, end / FRAMES_PER_SECOND]);
}

describe('findSpeech', () => {
  it('finds nothing in digital silence, in steady noise and in nothing', () => {
    expect(findSpeech(levels([120, -100]))).toEqual([]);
    expect(findSpeech(levels([120, -35]))).toEqual([]);
    expect(findSpeech(levels([120, -80]))).toEqual([]);
    expect(findSpeech(new Int8Array(0))).toEqual([]);
  });

  it.each([['a quiet room', -65, -25], ['a noisy street', -38, -18], ['a soft recording', -70, -50]])('finds speech over %s to within 0.15 s', (_, noise, voice) => {
    const found = inSeconds(findSpeech(levels([10, noise], ...speech(6, voice), [5, noise], ...speech(3, voice), [20, noise])));
    expect(found).toHaveLength(2);
    const expected = [[10, 16], [21, 24]] as const;
    for (const [index, [start, end]] of expected.entries()) {
      expect(Math.abs((found[index]?.[0] ?? 0) - start)).toBeLessThanOrEqual(0.15);
      expect(Math.abs((found[index]?.[1] ?? 0) - end)).toBeLessThanOrEqual(0.15);
    }
  });

  it('follows a noise that becomes louder', () => {
    const found = inSeconds(findSpeech(levels([20, -70], ...speech(9, -30), [91, -70], [100, -40], ...speech(9, -15), [100, -40])));
    expect(found.filter(([, end]) => end < 100)).toHaveLength(1);
    expect(found.some(([start]) => Math.abs(start - 220) < 0.5)).toBe(true);
  });

  it('passes over clicks and keeps short words', () => {
    const found = inSeconds(findSpeech(levels([10, -60], [0.04, -10], [10, -60], [0.3, -20], [10, -60], ...speech(6, -20))));
    expect(found.map(([start]) => Math.round(start))).toEqual([20, 30]);
  });
});
