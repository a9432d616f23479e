import { describe, expect, it } from 'vitest';
import { Forecast } from '../../shared/forecast.ts';
import { forecastQueues, type QueueLoad } from './forecast.ts';

const seen = (progress: number, part: { attempt?: number; estimateSeconds?: number | null } = {}) => ({ id: 1, attempt: 1, progress, estimateSeconds: null, ...part });
const load = (part: Partial<QueueLoad>): QueueLoad => ({ running: [], waitingSeconds: 0, waitingKnown: 0, waitingUnknown: 0, concurrency: 1, ...part });

describe('the time left of a task', () => {
  it('comes from the estimate until enough was seen, then from the pace', () => {
    const forecast = new Forecast();
    forecast.see(seen(0, { estimateSeconds: 200 }), 0);
    expect(forecast.secondsLeft(seen(0, { estimateSeconds: 200 }), 0)).toBe(200);
    forecast.see(seen(10), 10_000);
    expect(forecast.secondsLeft(seen(10), 10_000)).toBe(90);
  });

  it('is not known without both', () => {
    expect(new Forecast().secondsLeft(seen(3), 0)).toBeNull();
  });

  it('does not take the progress of an earlier attempt for speed', () => {
    const forecast = new Forecast();
    forecast.see(seen(60, { attempt: 2 }), 0);
    forecast.see(seen(62, { attempt: 2 }), 10_000);
    expect(forecast.secondsLeft(seen(62, { attempt: 2 }), 10_000)).toBe(190);
  });

  it('counts down between two steps', () => {
    const forecast = new Forecast();
    forecast.see(seen(0), 0);
    forecast.see(seen(50), 10_000);
    expect(forecast.secondsLeft(seen(50), 13_000)).toBe(7);
    expect(forecast.secondsLeft(seen(50), 60_000)).toBe(0);
  });

  it('starts over when a new attempt begins or the task is forgotten', () => {
    const forecast = new Forecast();
    forecast.see(seen(0), 0);
    forecast.see(seen(50), 10_000);
    expect(forecast.secondsLeft(seen(50, { attempt: 2 }), 10_000)).toBeNull();
    forecast.forget(1);
    expect(forecast.secondsLeft(seen(50), 10_000)).toBeNull();
  });
});

describe('the time left of all', () => {
  it('is that of the longest queue, whose tasks share its places', () => {
    expect(forecastQueues([load({ running: [10], waitingSeconds: 30, waitingKnown: 2 }), load({ running: [90, 10], waitingSeconds: 60, waitingKnown: 2, concurrency: 2 })])).toEqual({ seconds: 90, isLowerBound: false });
  });

  it('takes tasks that tell nothing for ordinary ones of their queue', () => {
    expect(forecastQueues([load({ running: [20], waitingSeconds: 40, waitingKnown: 1, waitingUnknown: 2 })])).toEqual({ seconds: 120, isLowerBound: false });
  });

  it('is a lower bound when a queue tells nothing at all, and unknown when none does', () => {
    expect(forecastQueues([load({ running: [20] }), load({ running: [null] })])).toEqual({ seconds: 20, isLowerBound: true });
    expect(forecastQueues([load({ running: [null], waitingUnknown: 4 })])).toBeNull();
    expect(forecastQueues([])).toBeNull();
  });
});
