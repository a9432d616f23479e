/** A task that somebody names. */
import { TaskError } from '../../../shared/errors.ts';
import type { Task, TaskId } from '../../../shared/task.ts';
import type { Store } from '../store/store.ts';

/** Throws TASK_UNKNOWN. Removed tasks are known until they are pruned. */
export async function knownTask(store: Pick<Store, 'get'>, id: TaskId): Promise<Task> {
  const task = await store.get(id);
  if (task) return task;
  throw new TaskError('TASK_UNKNOWN', `There is no task ${id}. \`longhaul list\` shows the ones there are.`);
}
