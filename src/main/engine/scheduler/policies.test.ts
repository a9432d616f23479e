import { expect, it } from 'vitest';
import { heartbeatMsFor, leaseMsFor } from '../workers/heartbeat.ts';
import { backoffMs } from './backoff.ts';
import { retryAt } from './retry-policy.ts';

it('waits 5 s after the first failure and doubles up to ten minutes', () => {
  expect([1, 2, 3, 4, 20].map((failures) => backoffMs(failures, 1))).toEqual([5_000, 10_000, 20_000, 40_000, 600_000]);
});

it('spreads tasks that failed together over half of the wait', () => {
  expect(backoffMs(2, 0)).toBe(5_000);
  expect(backoffMs(2, 0.5)).toBe(7_500);
});

const failure = (code: 'TOOL_FAILED' | 'DISK_FULL' | 'INPUT_MISSING', retryable: boolean) => ({ code, message: '', retryable });

it('retries what may go well later until the retries are spent', () => {
  expect(retryAt(failure('TOOL_FAILED', true), 0, 3, 1000, 1)).toBe(6_000);
  expect(retryAt(failure('TOOL_FAILED', true), 3, 3, 1000, 1)).toBeNull();
  expect(retryAt(failure('INPUT_MISSING', false), 0, 3, 1000, 1)).toBeNull();
});

it('a full disk is waited out however long it takes', () => {
  expect(retryAt(failure('DISK_FULL', true), 50, 3, 0, 1)).toBe(600_000);
});

it('leases grow with the estimate, and a worker is heard of four times in each', () => {
  expect([null, 60, 300, 301, 1800, 3600, 36_000].map(leaseMsFor)).toEqual([60_000, 60_000, 60_000, 300_000, 300_000, 600_000, 900_000]);
  expect(heartbeatMsFor(60_000)).toBe(15_000);
});
