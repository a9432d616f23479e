/** What can be done with a task, by where it stands. */
import type { TaskSummary } from '../../../shared/summary.ts';
import type { TaskStatus } from '../../../shared/task.ts';

export const TASK_ACTIONS = ['pause', 'resume', 'cancel', 'retry', 'prioritise', 'remove'] as const;
export type TaskAction = (typeof TASK_ACTIONS)[number];

const ACTIONS_IN: Readonly<Record<TaskStatus, readonly TaskAction[]>> = {
  pending: ['pause', 'cancel', 'prioritise', 'remove'],
  waiting: ['pause', 'cancel', 'prioritise', 'remove'],
  running: ['pause', 'cancel', 'remove'],
  retrying: ['pause', 'cancel', 'prioritise', 'remove'],
  paused: ['resume', 'cancel', 'prioritise', 'remove'],
  completed: ['remove'],
  failed: ['retry', 'remove'],
  cancelled: ['retry', 'remove'],
};

/** None while a running task is already being stopped. */
export function actionsFor({ status, stopRequested }: Pick<TaskSummary, 'status' | 'stopRequested'>): readonly TaskAction[] {
  return status === 'running' && stopRequested !== null ? [] : ACTIONS_IN[status];
}
