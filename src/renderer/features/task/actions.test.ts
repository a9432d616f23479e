import { expect, test } from 'vitest';
import { TASK_STATUSES } from '../../../shared/task.ts';
import { actionsFor } from './actions.ts';

test('every task can be removed, and only a settled one not be cancelled', () => {
  for (const status of TASK_STATUSES) {
    const actions = actionsFor({ status, stopRequested: null });
    expect(actions).toContain('remove');
    expect(actions.includes('cancel')).toBe(!['completed', 'failed', 'cancelled'].includes(status));
  }
});

test('a task that is being stopped is left alone', () => {
  expect(actionsFor({ status: 'running', stopRequested: 'pause' })).toEqual([]);
});
