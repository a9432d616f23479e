import { expect, it } from 'vitest';
import { MemoryWatch } from './memory-watch.ts';

const MB = 1024 ** 2;

function after(...sizesMb: number[]): MemoryWatch {
  const watch = new MemoryWatch(16_000 * MB);
  for (const size of sizesMb) watch.taskDone(size * MB);
  return watch;
}

it('takes what the first three tasks leave as normal, and twice that and 256 MB more as growth', () => {
  expect(after(60, 200, 90, 400).isGrown).toBe(false);
  expect(after(60, 200, 90, 457).isGrown).toBe(true);
  expect(after(60, 60, 60, 300).isGrown).toBe(false);
  expect(after(60, 60, 60, 320).isGrown).toBe(true);
});

it('forgives a large task when the next one leaves little', () => {
  expect(after(60, 60, 60, 500, 80).isGrown).toBe(false);
});

it('lets no worker go on that holds more than a gigabyte between tasks, from its first one on', () => {
  expect(after(1025).isGrown).toBe(true);
});

it('counts a working one as blown up beyond 4 GB, or half of a small machine', () => {
  expect(new MemoryWatch(64_000 * MB).isBlownUp(4_000 * MB)).toBe(false);
  expect(new MemoryWatch(64_000 * MB).isBlownUp(4_097 * MB)).toBe(true);
  expect(new MemoryWatch(2_000 * MB).isBlownUp(1_001 * MB)).toBe(true);
});
