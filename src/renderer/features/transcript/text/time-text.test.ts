import { expect, test } from 'vitest';
import { formatClock, formatExactTime, parseTime } from './time-text.ts';

test.each([[0, '0:00.000', '0:00'], [75_250, '1:15.250', '1:15'], [3_599_999, '59:59.999', '59:59'], [36_000_001, '10:00:00.001', '10:00:00']])('%i ms reads %s and %s', (ms, exact, clock) => {
  expect(formatExactTime(ms)).toBe(exact);
  expect(formatClock(ms)).toBe(clock);
  expect(parseTime(exact)).toBe(ms);
});

test.each([['75', 75_000], ['1:15.5', 75_500], ['0:01:15,25', 75_250], [' 2:00 ', 120_000]])('"%s" is %i ms', (text, ms) => {
  expect(parseTime(text)).toBe(ms);
});

test.each(['', 'abc', '1:', '1:2:3:4', '-5', '1.2345', '1:15.5s'])('"%s" is no time', (text) => {
  expect(parseTime(text)).toBeNull();
});
