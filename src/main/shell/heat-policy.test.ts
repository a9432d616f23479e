import { expect, test } from 'vitest';
import { isHot } from './heat-policy.ts';

test.each(['unknown', 'nominal', 'fair', 'serious'])('a machine whose state is %s works on', (state) => {
  expect(isHot(state, 100)).toBe(false);
});

test('a machine in a critical state, or slowed to less than half, is hot', () => {
  expect(isHot('critical', 100)).toBe(true);
  expect([isHot('unknown', 50), isHot('unknown', 49)]).toEqual([false, true]);
});
