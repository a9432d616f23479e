import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EstimateQueue } from './estimate-queue.ts';
import { estimateKey, type EstimateAnswer } from './intake-plan.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function started() {
  const asked: { readonly path: string; readonly answer: (seconds: number) => void; readonly fail: () => void }[] = [];
  const told: ReadonlyMap<string, EstimateAnswer>[] = [];
  const queue = new EstimateQueue(
    (path) => new Promise((resolve, reject) => {
      asked.push({ path, answer: (seconds) => resolve({ estimate: { seconds, memoryBytes: 0, tempBytes: 0, mediaSeconds: 0 }, problem: null }), fail: () => reject(new Error('gone')) });
    }),
    (answers) => told.push(answers),
  );
  return { queue, asked, told };
}

it('asks for two files at a time, once each, what was wanted last first', async () => {
  const { queue, asked } = started();
  for (const path of ['a', 'b', 'c', 'd', 'd']) queue.want(path, 'mp3');
  expect(asked.map(({ path }) => path)).toEqual(['a', 'b']);
  asked[0]?.answer(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.map(({ path }) => path)).toEqual(['a', 'b', 'd']);
});

it('tells the answers of a moment as one, and an estimate that could not be had as none', async () => {
  const { queue, asked, told } = started();
  queue.want('a', 'mp3');
  queue.want('b', 'mp3');
  asked[0]?.answer(5);
  asked[1]?.fail();
  await vi.advanceTimersByTimeAsync(200);
  expect(told).toHaveLength(1);
  expect(told[0]?.get(estimateKey('a', 'mp3'))?.estimate?.seconds).toBe(5);
  expect(told[0]?.get(estimateKey('b', 'mp3'))).toEqual({ estimate: null, problem: null });
});

it('after it was cleared, late answers come to nothing', async () => {
  const { queue, asked, told } = started();
  queue.want('a', 'mp3');
  queue.clear();
  asked[0]?.answer(5);
  await vi.advanceTimersByTimeAsync(200);
  expect(told).toEqual([]);
  queue.want('a', 'mp3');
  expect(asked).toHaveLength(2);
});
