import { expect, it } from 'vitest';
import { ManualClock } from '../test-clock.ts';
import { AttemptWatch } from './attempt-watch.ts';
import { limitsFor, stallMsFor } from './limits.ts';

const MINUTE_MS = 60_000;
const own = { softLimitSeconds: null, hardLimitSeconds: null };

it('gives work that tells nothing of how far it is 300 and 360 seconds, and media none', () => {
  expect(limitsFor({ type: 'report', ...own })).toEqual({ softMs: 300_000, hardMs: 360_000 });
  expect(limitsFor({ type: 'video_convert', ...own })).toEqual({ softMs: null, hardMs: null });
});

it('takes a task\'s own limits first; a soft one alone is followed by a hard one a minute later, and 0 means none', () => {
  expect(limitsFor({ type: 'video_convert', softLimitSeconds: 10, hardLimitSeconds: null })).toEqual({ softMs: 10_000, hardMs: 70_000 });
  expect(limitsFor({ type: 'report', softLimitSeconds: null, hardLimitSeconds: 20 })).toEqual({ softMs: 20_000, hardMs: 20_000 });
  expect(limitsFor({ type: 'report', softLimitSeconds: 0, hardLimitSeconds: null })).toEqual({ softMs: null, hardMs: null });
});

it('waits longer for progress of what is expected to take long, an hour at most', () => {
  expect([null, 60, 7_200, 1_000_000].map((seconds) => stallMsFor('video_convert', seconds))).toEqual([10, 10, 30, 60].map((minutes) => minutes * MINUTE_MS));
});

/** A watch, and what it has told. look: lets five seconds pass as often as fits, and what was measured arrive. */
function watching(more: { softMs?: number; hardMs?: number; bytes?: () => number } = {}) {
  const clock = new ManualClock();
  const told: string[] = [];
  const watch = new AttemptWatch({
    clock, limits: { softMs: more.softMs ?? null, hardMs: more.hardMs ?? null }, stallMs: 10 * MINUTE_MS, measure: () => Promise.resolve(more.bytes?.() ?? 0),
    onSoftLimit: () => told.push('soft'), onHardLimit: () => told.push('hard'), onStall: (silentMs) => told.push(`stalled after ${silentMs / MINUTE_MS}`),
  });
  const pass = async (ms: number, graceMs = 0): Promise<void> => {
    for (let passedMs = 0; passedMs < ms; passedMs += 5_000) {
      clock.advance(5_000);
      watch.look(clock.monotonicMs(), graceMs);
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    }
  };
  return { clock, watch, told, pass };
}

it('rings at the soft limit and at the hard one', async () => {
  const { told, pass } = watching({ softMs: 10_000, hardMs: 20_000 });
  await pass(5_000);
  expect(told).toEqual([]);
  await pass(5_000);
  expect(told).toEqual(['soft']);
  await pass(10_000);
  expect(told).toEqual(['soft', 'hard']);
});

it('does not count time in which its own process stood still', async () => {
  const { clock, watch, told } = watching({ softMs: 20_000 });
  clock.advance(15_000);
  watch.look(clock.monotonicMs(), 10_000);
  clock.advance(14_000);
  expect(told).toEqual([]);
  clock.advance(1_000);
  expect(told).toEqual(['soft']);
});

it('calls it stalled when neither a figure moves nor a file grows', async () => {
  const { told, pass } = watching();
  await pass(9 * MINUTE_MS);
  expect(told).toEqual([]);
  await pass(MINUTE_MS);
  expect(told[0]).toBe('stalled after 10');
});

it('takes growth of its files for progress', async () => {
  let bytes = 0;
  const { told, pass } = watching({ bytes: () => (bytes += 1) });
  await pass(60 * MINUTE_MS);
  expect(told).toEqual([]);
});

it('takes a word of progress for progress', async () => {
  const { watch, told, pass } = watching();
  await pass(9 * MINUTE_MS);
  watch.moved();
  await pass(9 * MINUTE_MS);
  expect(told).toEqual([]);
});

it('says nothing more once it is closed', async () => {
  const { watch, told, clock } = watching({ softMs: 10_000, hardMs: 20_000 });
  watch.close();
  clock.advance(60_000);
  expect(told).toEqual([]);
});
