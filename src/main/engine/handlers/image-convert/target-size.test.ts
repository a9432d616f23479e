import { describe, expect, it } from 'vitest';
import { fitInto, type Trial } from './target-size.ts';

/** A picture whose bytes follow quality and size as encoders' do. */
function encoder(fullBytes: number) {
  const trials: Trial[] = [];
  const make = (trial: Trial): Promise<number> => {
    trials.push(trial);
    return Promise.resolve(Math.round(fullBytes * Math.pow((trial.quality ?? 100) / 100, 2) * trial.scale * trial.scale));
  };
  return { make, trials };
}

describe('fitInto', () => {
  it('leaves alone what fits', async () => {
    const { make, trials } = encoder(10_000);
    expect(await fitInto(10_000, { quality: 80, scale: 1 }, make)).toEqual({ quality: 80, scale: 1 });
    expect(trials).toHaveLength(1);
  });

  it('finds the highest quality that fits within a few trials, and the last trial is that one', async () => {
    const { make, trials } = encoder(100_000);
    const found = await fitInto(36_000, { quality: 85, scale: 1 }, make);
    expect(found.scale).toBe(1);
    expect(found.quality).toBeGreaterThanOrEqual(58);
    expect(found.quality).toBeLessThanOrEqual(60);
    expect(trials.length).toBeLessThan(10);
    expect(trials.at(-1)).toEqual(found);
  });

  it('makes the picture smaller where quality does not do, or where there is none', async () => {
    for (const quality of [85, 20, null]) {
      const { make, trials } = encoder(1_000_000);
      const found = await fitInto(5_000, { quality, scale: 1 }, make);
      expect(found.scale).toBeLessThan(1);
      expect(await make(found)).toBeLessThanOrEqual(5_000);
      expect(trials.at(-2)).toEqual(found);
    }
  });

  it('says so when nothing does', async () => {
    await expect(fitInto(1_000, { quality: null, scale: 1 }, () => Promise.resolve(2_000))).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});
