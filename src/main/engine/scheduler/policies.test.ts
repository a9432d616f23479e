import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { CLASS_OF_CODE, classOf } from '../../../shared/error-classes.ts';
import { ERROR_CODES, TaskError, type ErrorCode } from '../../../shared/errors.ts';
import { heartbeatMsFor, leaseMsFor } from '../workers/heartbeat.ts';
import { backoffMs } from './backoff.ts';
import { nextTry, RETRY_POLICIES } from './retry-policy.ts';

it('waits as long as was told after the first failure and doubles up to ten minutes', () => {
  expect([1, 2, 3, 4, 20].map((tries) => backoffMs(tries, 5_000, 1))).toEqual([5_000, 10_000, 20_000, 40_000, 600_000]);
});

it('a first delay of over ten minutes is kept, and is not doubled', () => {
  expect([1, 2, 9].map((tries) => backoffMs(tries, 3_600_000, 1))).toEqual([3_600_000, 3_600_000, 3_600_000]);
});

it('spreads tasks that failed together over half of the wait', () => {
  expect(backoffMs(2, 5_000, 0)).toBe(5_000);
  expect(backoffMs(2, 5_000, 0.5)).toBe(7_500);
});

const failure = (code: ErrorCode, more: { retryable?: boolean; retryAfterMs?: number } = {}) => new TaskError(code, '', more).toShape();
const task = { type: 'video_convert', attempt: 1, failures: 0, maxRetries: 3, retryDelayMs: null } as const;

it('retries what may go well later until the retries are spent', () => {
  const failed = failure('TOOL_FAILED', { retryable: true });
  expect(nextTry(failed, task, 1000, 1)).toEqual({ at: 6_000, spendsRetry: true });
  expect(nextTry(failed, { ...task, failures: 3 }, 1000, 1).at).toBeNull();
  expect(nextTry(failure('TOOL_FAILED'), task, 1000, 1).at).toBeNull();
});

it('a bad input, a spent quota, a missing model and a stop are never tried again, whatever their thrower says', () => {
  for (const code of ['INPUT_DAMAGED', 'OPTION_INVALID', 'QUOTA', 'MODEL_MISSING', 'STOPPED', 'DEPENDENCY_FAILED', 'POISON'] as const) {
    expect(failure(code, { retryable: true }).retryable, code).toBe(false);
    expect(nextTry({ code, message: '', retryable: true }, task, 0, 1).at, code).toBeNull();
  }
});

it('a refused connection, a time-out, a full disk and a rate limit are tried again without their thrower saying so', () => {
  for (const code of ['REFUSED', 'TIMED_OUT', 'DISK_FULL', 'RATE_LIMITED'] as const) expect(nextTry(failure(code), task, 0, 1).at, code).toBe(5_000);
});

it('a full disk is waited out however long it takes, and spends no retry', () => {
  expect(nextTry(failure('DISK_FULL'), { ...task, attempt: 50, failures: 3 }, 0, 1)).toEqual({ at: 600_000, spendsRetry: false });
});

it('a rate limit waits as it was told and never shorter, with no retry left too', () => {
  const limited = failure('RATE_LIMITED', { retryAfterMs: 30_000 });
  expect(nextTry(limited, { ...task, failures: 3 }, 1000, 0)).toEqual({ at: 31_000, spendsRetry: false });
  expect(nextTry(limited, { ...task, failures: 3 }, 1000, 1)).toEqual({ at: 34_000, spendsRetry: false });
});

it('the first delay is the task’s own, else that of its type', () => {
  const failed = failure('TIMED_OUT');
  expect(nextTry(failed, { ...task, retryDelayMs: 60_000, failures: 1 }, 0, 1).at).toBe(120_000);
  expect(nextTry(failed, { ...task, type: 'maintenance' }, 0, 1).at).toBe(60_000);
  for (const { firstDelayMs, maxRetries } of Object.values(RETRY_POLICIES)) expect([firstDelayMs > 0, maxRetries > 0]).toEqual([true, true]);
});

it('every code has its class, and a countdown crosses processes with its error', () => {
  expect(Object.keys(CLASS_OF_CODE).sort()).toEqual([...ERROR_CODES].sort());
  for (const code of ERROR_CODES) expect(classOf(code).mayRetry || !classOf(code).retriesUnlessTold, code).toBe(true);
  expect(TaskError.fromShape(failure('RATE_LIMITED', { retryAfterMs: 5 })).toShape()).toEqual({ code: 'RATE_LIMITED', message: '', retryable: true, retryAfterMs: 5 });
});

it('what the system and the network say gets its code', () => {
  const system = (code: string): ErrorCode => TaskError.from(Object.assign(new Error(code), { code })).code;
  expect(['ECONNREFUSED', 'ETIMEDOUT', 'EAI_AGAIN', 'ECONNRESET', 'EMFILE', 'ENOSPC', 'EACCES', 'EIO'].map(system))
    .toEqual(['REFUSED', 'TIMED_OUT', 'UNAVAILABLE', 'UNAVAILABLE', 'UNAVAILABLE', 'DISK_FULL', 'OUTPUT_NOT_WRITABLE', 'IO_ERROR']);
});

it('a refused connection is known behind what fetch throws', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  const thrown: unknown = await fetch(`http://127.0.0.1:${typeof address === 'object' ? String(address?.port) : ''}/`).catch((error: unknown) => error);
  expect(TaskError.from(thrown)).toMatchObject({ code: 'REFUSED', retryable: true });
});

it('leases grow with the estimate, and a worker is heard of four times in each', () => {
  expect([null, 60, 300, 301, 1800, 3600, 36_000].map(leaseMsFor)).toEqual([60_000, 60_000, 60_000, 300_000, 300_000, 600_000, 900_000]);
  expect(heartbeatMsFor(60_000)).toBe(15_000);
});
