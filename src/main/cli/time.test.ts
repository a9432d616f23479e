import { describe, expect, it } from 'vitest';
import { parsePast, parseTime } from './time.ts';

/** 14:30:10 local, on a day without a change of the clock anywhere near. */
const NOW = new Date(2026, 5, 15, 14, 30, 10).getTime();

describe('parseTime', () => {
  it.each([['+30m', 1_800_000], ['+2h', 7_200_000], ['+1h30m', 5_400_000], ['+45s', 45_000], ['+1d', 86_400_000], ['+0m', 0]])('takes %s as a span from now', (text, ms) => {
    expect(parseTime(text, NOW)).toBe(NOW + ms);
  });

  it('takes a time of day as the next such moment', () => {
    expect(parseTime('14:31', NOW)).toBe(new Date(2026, 5, 15, 14, 31).getTime());
    expect(parseTime('14:30', NOW)).toBe(new Date(2026, 5, 16, 14, 30).getTime());
    expect(parseTime('8:05', NOW)).toBe(new Date(2026, 5, 16, 8, 5).getTime());
  });

  it('takes ISO 8601, in local time where no zone is given', () => {
    expect(parseTime('2026-12-24T18:00', NOW)).toBe(new Date(2026, 11, 24, 18).getTime());
    expect(parseTime('2026-12-24 18:00:30', NOW)).toBe(new Date(2026, 11, 24, 18, 0, 30).getTime());
    expect(parseTime('2026-12-24', NOW)).toBe(new Date(2026, 11, 24).getTime());
    expect(parseTime('2026-12-24T18:00:00Z', NOW)).toBe(Date.UTC(2026, 11, 24, 18));
    expect(parseTime('2026-12-24T18:00+02:00', NOW)).toBe(Date.UTC(2026, 11, 24, 16));
  });

  it.each(['', 'tomorrow', '24:00', '12:60', '+', '+5', '+5x', '-5m', '30m', '2026-13-01', '2026-02-30', '2026-02-30T10:00', '12', '1766599200000'])('refuses %j', (text) => {
    expect(() => parseTime(text, NOW)).toThrow(/--at takes a time/);
  });
});

describe('parsePast', () => {
  it('takes a span before now, and dates', () => {
    expect(parsePast('added-after', '2h', NOW)).toBe(NOW - 7_200_000);
    expect(parsePast('added-after', '1d12h', NOW)).toBe(NOW - 129_600_000);
    expect(parsePast('added-after', '2026-12-24', NOW)).toBe(new Date(2026, 11, 24).getTime());
  });

  it.each(['', '+2h', '-2h', '18:00', 'yesterday', '2026-02-30'])('refuses %j by the name of its option', (text) => {
    expect(() => parsePast('added-after', text, NOW)).toThrow(/--added-after takes a time/);
  });
});
