import { describe, expect, it } from 'vitest';
import { planClips, previewRate } from './clips.ts';

const PAL = { numerator: 25, denominator: 1 };

describe('planClips', () => {
  it('takes clips from the middle of equal stretches', () => {
    expect(planClips({ filmSeconds: 600, wantedSeconds: 12, clips: 6, rate: PAL })).toEqual([49, 149, 249, 349, 449, 549].map((startSeconds) => ({ startSeconds, frames: 50 })));
  });

  it('shows a film whole that is shorter than its preview', () => {
    expect(planClips({ filmSeconds: 5.04, wantedSeconds: 12, clips: 6, rate: PAL })).toEqual([{ startSeconds: 0, frames: 126 }]);
  });

  it('takes a single clip from the first third', () => {
    expect(planClips({ filmSeconds: 600, wantedSeconds: 12, clips: 1, rate: PAL })).toEqual([{ startSeconds: 100, frames: 300 }]);
  });

  it('makes fewer clips rather than ones under a second, and none beyond the end', () => {
    const clips = planClips({ filmSeconds: 8, wantedSeconds: 7.5, clips: 60, rate: PAL });
    expect(clips).toHaveLength(7);
    expect(Math.max(...clips.map(({ startSeconds, frames }) => startSeconds + frames / 25))).toBeLessThanOrEqual(8);
  });
});

describe('previewRate', () => {
  it('keeps up to 30 frames a second and divides more', () => {
    expect(previewRate({ numerator: 30000, denominator: 1001 })).toEqual({ numerator: 30000, denominator: 1001 });
    expect(previewRate({ numerator: 60, denominator: 1 })).toEqual({ numerator: 60, denominator: 2 });
    expect(previewRate({ numerator: 120, denominator: 1 })).toEqual({ numerator: 120, denominator: 4 });
  });

  it('takes 25 where the rate is unknown or senseless', () => {
    expect(previewRate(null)).toEqual(PAL);
    expect(previewRate({ numerator: 90000, denominator: 1 })).toEqual(PAL);
  });
});
