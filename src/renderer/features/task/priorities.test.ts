import { expect, test } from 'vitest';
import { PRIORITY_NAMES } from '../../../shared/task.ts';
import { PRIORITIES } from './priorities.ts';

test('the named priorities are those of the contract', () => {
  expect(Object.fromEntries(PRIORITIES.map(({ name, value }) => [name, value]))).toEqual(PRIORITY_NAMES);
});
