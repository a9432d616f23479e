import { expect, it } from 'vitest';
import { Settling } from './settling.ts';

const file = (sizeBytes: number, mtimeMs = 1) => ({ path: '/a', sizeBytes, mtimeMs });

it('a file has settled once its size and time stood still for long enough, at two looks', () => {
  const settling = new Settling(2_000);
  expect([settling.look(file(5), 0), settling.look(file(5), 1_999), settling.look(file(5), 2_000)]).toEqual([false, false, true]);
});

it('a file that grows or is written again begins to wait anew', () => {
  const settling = new Settling(2_000);
  expect([settling.look(file(5), 0), settling.look(file(6), 2_000), settling.look(file(6), 3_999), settling.look(file(6, 2), 4_000), settling.look(file(6, 2), 6_000)]).toEqual([false, false, false, false, true]);
});

it('an empty file never settles: it is the beginning of one', () => {
  const settling = new Settling(2_000);
  expect([settling.look(file(0), 0), settling.look(file(0), 10_000), settling.look(file(3), 10_001), settling.look(file(3), 12_001)]).toEqual([false, false, false, true]);
});

it('what is forgotten or delayed waits a whole time', () => {
  const settling = new Settling(2_000);
  settling.look(file(5), 0);
  settling.delay(file(5), 1_500);
  expect(settling.look(file(5), 3_000)).toBe(false);
  expect(settling.look(file(5), 3_500)).toBe(true);
  settling.forget('/a');
  expect(settling.size).toBe(0);
  expect(settling.look(file(5), 9_000)).toBe(false);
});
