import { describe, expect, it } from 'vitest';
import { Forecast } from './eta.ts';

const estimate = { seconds: 200, memoryBytes: 0, tempBytes: 0, mediaSeconds: 100 };

describe('Forecast', () => {
  it('goes by the estimate first, then by what was seen', () => {
    const forecast = new Forecast();
    expect(forecast.secondsLeft({ id: 1, attempt: 1, progress: 0, estimate }, 0)).toBe(200);
    expect(forecast.secondsLeft({ id: 1, attempt: 1, progress: 10, estimate }, 1_000)).toBe(180);
    expect(forecast.secondsLeft({ id: 1, attempt: 1, progress: 25, estimate }, 10_000)).toBe(30);
  });

  it('counts down between two steps, and not below nothing', () => {
    const forecast = new Forecast();
    forecast.secondsLeft({ id: 1, attempt: 1, progress: 0, estimate: null }, 0);
    expect(forecast.secondsLeft({ id: 1, attempt: 1, progress: 50, estimate: null }, 10_000)).toBe(10);
    expect(forecast.secondsLeft({ id: 1, attempt: 1, progress: 50, estimate: null }, 14_000)).toBe(6);
    expect(forecast.secondsLeft({ id: 1, attempt: 1, progress: 50, estimate: null }, 60_000)).toBe(0);
  });

  it('does not take what an earlier attempt has done for speed', () => {
    const forecast = new Forecast();
    forecast.secondsLeft({ id: 1, attempt: 1, progress: 0, estimate: null }, 0);
    expect(forecast.secondsLeft({ id: 1, attempt: 2, progress: 80, estimate: null }, 10_000)).toBeNull();
    expect(forecast.secondsLeft({ id: 1, attempt: 2, progress: 90, estimate: null }, 20_000)).toBe(10);
  });

  it('knows nothing without an estimate or a step forward', () => {
    const forecast = new Forecast();
    for (const now of [0, 60_000]) expect(forecast.secondsLeft({ id: 1, attempt: 1, progress: 5, estimate: null }, now)).toBeNull();
    forecast.forget(1);
    expect(forecast.secondsLeft({ id: 1, attempt: 1, progress: 50, estimate: null }, 90_000)).toBeNull();
  });
});
