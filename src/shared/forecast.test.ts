import { describe, expect, it } from 'vitest';
import { Forecast } from './forecast.ts';

type Seen = Parameters<Forecast['see']>[0];

/** Tells of a task's progress and asks at once. */
function look(forecast: Forecast, task: Seen, now: number): number | null {
  forecast.see(task, now);
  return forecast.secondsLeft(task, now);
}

describe('Forecast', () => {
  it('goes by the estimate first, then by what was seen', () => {
    const forecast = new Forecast();
    expect(look(forecast, { id: 1, attempt: 1, progress: 0, estimateSeconds: 200 }, 0)).toBe(200);
    expect(look(forecast, { id: 1, attempt: 1, progress: 10, estimateSeconds: 200 }, 1_000)).toBe(180);
    expect(look(forecast, { id: 1, attempt: 1, progress: 25, estimateSeconds: 200 }, 10_000)).toBe(30);
  });

  it('counts down between two steps, and not below nothing', () => {
    const forecast = new Forecast();
    look(forecast, { id: 1, attempt: 1, progress: 0, estimateSeconds: null }, 0);
    expect(look(forecast, { id: 1, attempt: 1, progress: 50, estimateSeconds: null }, 10_000)).toBe(10);
    expect(look(forecast, { id: 1, attempt: 1, progress: 50, estimateSeconds: null }, 14_000)).toBe(6);
    expect(look(forecast, { id: 1, attempt: 1, progress: 50, estimateSeconds: null }, 60_000)).toBe(0);
  });

  it('does not take what an earlier attempt has done for speed', () => {
    const forecast = new Forecast();
    look(forecast, { id: 1, attempt: 1, progress: 0, estimateSeconds: null }, 0);
    expect(look(forecast, { id: 1, attempt: 2, progress: 80, estimateSeconds: null }, 10_000)).toBeNull();
    expect(look(forecast, { id: 1, attempt: 2, progress: 90, estimateSeconds: null }, 20_000)).toBe(10);
  });

  it('knows nothing without an estimate or a step forward', () => {
    const forecast = new Forecast();
    for (const now of [0, 60_000]) expect(look(forecast, { id: 1, attempt: 1, progress: 5, estimateSeconds: null }, now)).toBeNull();
    forecast.forget(1);
    expect(look(forecast, { id: 1, attempt: 1, progress: 50, estimateSeconds: null }, 90_000)).toBeNull();
  });
});
