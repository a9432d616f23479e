/** A dead letter as it is told and listed. */
import type { DeadLetter } from '../../../shared/dead-letter-contract.ts';
import type { Task } from '../../../shared/task.ts';

/** now: epoch milliseconds, from which its age counts. The task has failed. */
export function letterOf(task: Task, now: number): DeadLetter {
  const { id, type, recipe, queue, groupId, owner, project, inputs, error, attempt, failures, createdAt } = task;
  const failedAt = task.completedAt ?? task.updatedAt;
  return { id, type, recipe, queue, groupId, owner, project, input: inputs[0] ?? '', error, attempts: attempt, failures, createdAt, failedAt, ageMs: Math.max(0, now - failedAt) };
}
