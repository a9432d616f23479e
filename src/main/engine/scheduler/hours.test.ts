import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hoursAt } from './hours.ts';

const NIGHT = { from: '22:00', to: '07:00' };
const zone = process.env['TZ'];

beforeEach(() => { process.env['TZ'] = 'Europe/Berlin'; });
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

/** How the hours stand at a time in Berlin; until as UTC. */
function at(hours: { from: string; to: string }, time: string): { isOpen: boolean; until: string } {
  const { isOpen, until } = hoursAt(hours, Date.parse(time));
  return { isOpen, until: new Date(until).toISOString() };
}

describe('hours', () => {
  it('over midnight are open in the evening and in the morning, to the minute', () => {
    expect(at(NIGHT, '2026-01-15T21:59:59.999+01:00')).toEqual({ isOpen: false, until: '2026-01-15T21:00:00.000Z' });
    expect(at(NIGHT, '2026-01-15T22:00:00+01:00')).toEqual({ isOpen: true, until: '2026-01-16T06:00:00.000Z' });
    expect(at(NIGHT, '2026-01-16T06:59:59.999+01:00')).toEqual({ isOpen: true, until: '2026-01-16T06:00:00.000Z' });
    expect(at(NIGHT, '2026-01-16T07:00:00+01:00')).toEqual({ isOpen: false, until: '2026-01-16T21:00:00.000Z' });
  });

  it('within a day are open between', () => {
    expect(at({ from: '12:00', to: '13:30' }, '2026-01-15T12:45:00+01:00')).toEqual({ isOpen: true, until: '2026-01-15T12:30:00.000Z' });
    expect(at({ from: '12:00', to: '13:30' }, '2026-01-15T13:30:00+01:00')).toEqual({ isOpen: false, until: '2026-01-16T11:00:00.000Z' });
  });

  it('end an hour of real time earlier in the night that loses an hour, and later in the one that gains it', () => {
    expect(at(NIGHT, '2026-03-28T22:00:00+01:00')).toEqual({ isOpen: true, until: '2026-03-29T05:00:00.000Z' });
    expect(at(NIGHT, '2026-10-24T22:00:00+02:00')).toEqual({ isOpen: true, until: '2026-10-25T06:00:00.000Z' });
  });

  it('that begin within the hour that spring leaves out begin when the clock has jumped over it', () => {
    expect(at({ from: '02:30', to: '05:00' }, '2026-03-29T01:30:00+01:00')).toEqual({ isOpen: false, until: '2026-03-29T01:00:00.000Z' });
  });

  it('that end within the hour that autumn repeats end, and open again for its second time', () => {
    const hours = { from: '22:00', to: '02:30' };
    expect(at(hours, '2026-10-25T02:00:00+02:00')).toEqual({ isOpen: true, until: '2026-10-25T00:30:00.000Z' });
    expect(at(hours, '2026-10-25T02:30:00+02:00')).toEqual({ isOpen: false, until: '2026-10-25T01:00:00.000Z' });
    expect(at(hours, '2026-10-25T02:00:00+01:00')).toEqual({ isOpen: true, until: '2026-10-25T01:30:00.000Z' });
  });

  it('that spring swallows whole are looked for again the day after', () => {
    const { isOpen, until } = at({ from: '02:10', to: '02:50' }, '2026-03-28T12:00:00+01:00');
    expect(isOpen).toBe(false);
    expect(Date.parse(until)).toBeLessThanOrEqual(Date.parse('2026-03-30T00:10:00Z'));
    expect(Date.parse(until)).toBeGreaterThan(Date.parse('2026-03-29T01:00:00Z'));
  });
});
