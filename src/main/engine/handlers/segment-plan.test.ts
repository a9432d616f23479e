import { describe, expect, it } from 'vitest';
import { planSegments } from './segment-plan.ts';

/** A keyframe every `every` seconds. */
function keys(endSeconds: number, every = 2, from = 0): number[] {
  return Array.from({ length: Math.ceil(endSeconds / every) }, (_, index) => from + index * every);
}

function lengths(endSeconds: number, pace: number, inputBytes = 1e9, every = 2): number[] {
  const cutSeconds = keys(endSeconds, every);
  const { cuts } = planSegments({ cutSeconds, endSeconds, pace, inputBytes });
  return cuts.map((cut, index) => (cutSeconds[cuts[index + 1] ?? -1] ?? endSeconds) - (cutSeconds[cut] ?? 0));
}

describe('planSegments', () => {
  it('makes one segment of work that is done again within seconds', () => {
    expect(planSegments({ cutSeconds: keys(600), endSeconds: 600, pace: 0.02, inputBytes: 1e9 })).toEqual({ tier: 'short', cuts: [0] });
  });

  it('cuts normal work every 30 s of source', () => {
    expect(new Set(lengths(600, 0.8))).toEqual(new Set([30]));
  });

  it('makes segments longer where encoding is fast, and never beyond 120 s', () => {
    expect(lengths(6000, 0.05)[0]).toBe(100);
    expect(lengths(6000, 0.02)[0]).toBe(120);
  });

  it('makes segments shorter where encoding is slow, and never below 10 s', () => {
    expect(lengths(600, 5)[0]).toBe(18);
    expect(lengths(600, 100)[0]).toBe(10);
  });

  it('gives long work at least 10 segments', () => {
    expect(planSegments({ cutSeconds: keys(40_000), endSeconds: 40_000, pace: 0.1, inputBytes: 1e9 }).tier).toBe('long');
    expect(lengths(80, 50).length).toBeGreaterThanOrEqual(8);
    expect(lengths(90, 50, 1e9, 1).length).toBeGreaterThanOrEqual(9);
    expect(lengths(40_000, 0.1).length).toBeGreaterThanOrEqual(10);
  });

  it('gives files above 10 GB at least 20 segments, however fast', () => {
    expect(planSegments({ cutSeconds: keys(600), endSeconds: 600, pace: 0.01, inputBytes: 11e9 }).tier).toBe('huge');
    expect(lengths(600, 0.01, 11e9).length).toBeGreaterThanOrEqual(20);
  });

  it('waits for the next keyframe where they are far apart, and makes one segment where there is only one', () => {
    expect(lengths(600, 0.8, 1e9, 100)).toEqual([100, 100, 100, 100, 100, 100]);
    expect(planSegments({ cutSeconds: [0], endSeconds: 6000, pace: 2, inputBytes: 1e9 }).cuts).toEqual([0]);
  });

  it('joins a tail of less than a second to its neighbour', () => {
    expect(lengths(90.5, 0.8)).toEqual([30, 30, 30.5]);
    expect(lengths(91.5, 0.8)).toEqual([30, 30, 30, 1.5]);
  });

  it('counts from the first keyframe, not from zero', () => {
    const cutSeconds = keys(600, 2, 1000);
    expect(planSegments({ cutSeconds, endSeconds: 1600, pace: 0.02, inputBytes: 1e9 }).tier).toBe('short');
  });
});
