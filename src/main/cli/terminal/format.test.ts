import { describe, expect, it } from 'vitest';
import { count, formatBytes, formatClock, formatDuration, formatTime } from './format.ts';

describe('figures for people', () => {
  it.each([[0, '0 ms'], [999, '999 ms'], [1000, '1 s'], [59_400, '59 s'], [59_600, '1:00'], [187_000, '3:07'], [43_500_000, '12:05:00']])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([[0, '0:00'], [42, '0:42'], [3599.6, '1:00:00'], [-3, '0:00'], [360_000, '100:00:00']])('%d s is %s on a clock', (seconds, text) => {
    expect(formatClock(seconds)).toBe(text);
  });

  it.each([[0, '0 bytes'], [999, '999 bytes'], [1000, '1.0 kB'], [4_234_567, '4.2 MB'], [999_600, '1.0 MB'], [123_456_789, '123 MB'], [5e15, '5000 TB']])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('gives times in the machine’s zone', () => {
    expect(formatTime(new Date(2026, 10, 3, 4, 5, 6).getTime())).toBe('2026-11-03 04:05:06');
  });

  it('knows one from many', () => {
    expect([count(0, 'task'), count(1, 'task'), count(2, 'task')]).toEqual(['0 tasks', '1 task', '2 tasks']);
  });
});
