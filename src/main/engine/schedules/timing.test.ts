import { describe, expect, it } from 'vitest';
import type { Timing } from '../../../shared/schedule-contract.ts';
import { decide, PUNCTUAL_MS } from './decide.ts';
import { latestUpTo, machineZone, nextAfter, requireTiming, type Rule } from './timing.ts';

const at = (text: string): number => Date.parse(text);
const cron = (pattern: string, timeZone: string): Rule => ({ timing: { kind: 'cron', cron: pattern, timeZone }, createdAt: 0, localZone: 'UTC' });

/** All occasions between two times. */
function occasions(rule: Rule, from: string, to: string): string[] {
  const found: string[] = [];
  for (let next = nextAfter(rule, at(from)); next !== null && next <= at(to); next = nextAfter(rule, next)) found.push(new Date(next).toISOString());
  return found;
}

describe('summer time', () => {
  it('a time that the spring skips comes once, when the clock has jumped (Berlin and New York)', () => {
    expect(occasions(cron('30 2 * * *', 'Europe/Berlin'), '2026-03-28T00:00Z', '2026-03-30T23:00Z')).toEqual(['2026-03-28T01:30:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-30T00:30:00.000Z']);
    expect(occasions(cron('30 2 * * *', 'America/New_York'), '2026-03-07T00:00Z', '2026-03-09T23:00Z')).toEqual(['2026-03-07T07:30:00.000Z', '2026-03-08T07:00:00.000Z', '2026-03-09T06:30:00.000Z']);
  });

  it('a time that the autumn doubles comes once, at its first (Berlin and New York)', () => {
    expect(occasions(cron('30 2 * * *', 'Europe/Berlin'), '2026-10-24T22:00Z', '2026-10-26T23:00Z')).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-26T01:30:00.000Z']);
    expect(occasions(cron('30 1 * * *', 'America/New_York'), '2026-11-01T00:00Z', '2026-11-02T23:00Z')).toEqual(['2026-11-01T05:30:00.000Z', '2026-11-02T06:30:00.000Z']);
  });

  it('what comes every half hour goes on through the doubled hour, and through the skipped one', () => {
    expect(occasions(cron('*/30 * * * *', 'Europe/Berlin'), '2026-10-24T23:59Z', '2026-10-25T02:00Z')).toEqual([
      '2026-10-25T00:00:00.000Z', '2026-10-25T00:30:00.000Z', '2026-10-25T01:00:00.000Z', '2026-10-25T01:30:00.000Z', '2026-10-25T02:00:00.000Z',
    ]);
    expect(occasions(cron('0,30 * * * *', 'Europe/Berlin'), '2026-03-29T00:29Z', '2026-03-29T01:30Z')).toEqual(['2026-03-29T00:30:00.000Z', '2026-03-29T01:00:00.000Z', '2026-03-29T01:30:00.000Z']);
  });

  it('an interval is not moved by it', () => {
    const rule: Rule = { timing: { kind: 'interval', seconds: 3600 }, createdAt: at('2026-03-28T23:10Z'), localZone: 'Europe/Berlin' };
    expect(occasions(rule, '2026-03-29T00:00Z', '2026-03-29T02:30Z')).toEqual(['2026-03-29T00:10:00.000Z', '2026-03-29T01:10:00.000Z', '2026-03-29T02:10:00.000Z']);
  });
});

it('the newest occasion up to a time counts that time', () => {
  const rule = cron('0 2 * * *', 'UTC');
  expect(latestUpTo(rule, at('2026-05-02T02:00Z'))).toBe(at('2026-05-02T02:00Z'));
  expect(latestUpTo(rule, at('2026-05-02T01:59:59.999Z'))).toBe(at('2026-05-01T02:00Z'));
  expect(latestUpTo({ timing: { kind: 'interval', seconds: 60 }, createdAt: 1000, localZone: 'UTC' }, 60_999)).toBeNull();
  expect(latestUpTo({ timing: { kind: 'interval', seconds: 60 }, createdAt: 1000, localZone: 'UTC' }, 61_000)).toBe(61_000);
});

it('`local` is the zone of the machine, and another zone is another time', () => {
  const timing: Timing = { kind: 'cron', cron: '0 2 * * *', timeZone: 'local' };
  expect(nextAfter({ timing, createdAt: 0, localZone: 'Asia/Tokyo' }, at('2026-05-01T00:00Z'))).toBe(at('2026-05-01T17:00Z'));
  expect(nextAfter({ timing, createdAt: 0, localZone: 'America/New_York' }, at('2026-05-01T00:00Z'))).toBe(at('2026-05-01T06:00Z'));
  expect(machineZone()).toBe(new Intl.DateTimeFormat().resolvedOptions().timeZone);
});

it('refuses what is no time, no zone, and what never comes', () => {
  expect(() => requireTiming({ kind: 'cron', cron: '99 * * * *', timeZone: 'local' }, 0, 'UTC')).toThrow('no cron pattern');
  // Six fields would be seconds: finer than anything here is looked at.
  expect(() => requireTiming({ kind: 'cron', cron: '* * * * * *', timeZone: 'local' }, 0, 'UTC')).toThrow('no cron pattern');
  expect(() => requireTiming({ kind: 'cron', cron: '0 2 * * *', timeZone: 'Europe/Atlantis' }, 0, 'UTC')).toThrow('no time zone');
  expect(() => requireTiming({ kind: 'cron', cron: '0 0 30 2 *', timeZone: 'local' }, 0, 'UTC')).toThrow('never comes');
  expect(() => requireTiming({ kind: 'cron', cron: '@daily', timeZone: 'Europe/Berlin' }, 0, 'UTC')).not.toThrow();
});

describe('a look', () => {
  const rule = cron('0 2 * * *', 'UTC');
  const nextFor = at('2026-05-02T02:00Z');

  it('fires for an occasion that has come, and for no other', () => {
    expect(decide({ rule, missed: 'once', nextFor }, nextFor - 1)).toEqual({ fireFor: null, nextFor });
    expect(decide({ rule, missed: 'once', nextFor }, nextFor)).toEqual({ fireFor: nextFor, nextFor: at('2026-05-03T02:00Z') });
  });

  it('of many missed occasions runs once for the newest, or for none', () => {
    const now = at('2026-05-09T12:00Z');
    expect(decide({ rule, missed: 'once', nextFor }, now)).toEqual({ fireFor: at('2026-05-09T02:00Z'), nextFor: at('2026-05-10T02:00Z') });
    expect(decide({ rule, missed: 'skip', nextFor }, now)).toEqual({ fireFor: null, nextFor: at('2026-05-10T02:00Z') });
  });

  it('a little late is not missed', () => {
    expect(decide({ rule, missed: 'skip', nextFor }, nextFor + PUNCTUAL_MS).fireFor).toBe(nextFor);
    expect(decide({ rule, missed: 'skip', nextFor }, nextFor + PUNCTUAL_MS + 1).fireFor).toBeNull();
  });

  it('after a clock that jumped back, and after another time zone, the next time is counted afresh', () => {
    expect(decide({ rule, missed: 'once', nextFor }, at('2025-01-01T00:00Z'))).toEqual({ fireFor: null, nextFor: at('2025-01-01T02:00Z') });
    expect(decide({ rule: cron('0 2 * * *', 'Asia/Tokyo'), missed: 'once', nextFor }, at('2026-05-01T12:00Z'))).toEqual({ fireFor: null, nextFor: at('2026-05-01T17:00Z') });
  });
});
