/** What became of the tasks somebody waited for. */
import { SETTLED_STATUSES, type Task, type TaskId } from '../../shared/task.ts';

/** An engine that runs for months must not remember every task it finished; this many are listed at its end. */
const MAX_KEPT = 10_000;

export class Results {
  /** Settled tasks in the order they ended, the newest MAX_KEPT. */
  readonly #settled = new Map<TaskId, Task>();
  readonly #failed = new Set<TaskId>();
  readonly #completed = new Set<TaskId>();

  /** Takes a task's newest state. A task that is tried again is no result any more; what Longhaul does for itself is nobody's. */
  note(task: Task): void {
    if (task.type === 'maintenance') return;
    this.#settled.delete(task.id);
    this.#failed.delete(task.id);
    this.#completed.delete(task.id);
    if (!hasSettled(task) || task.deletedAt !== null) return;
    this.#settled.set(task.id, task);
    if (task.status === 'failed') this.#failed.add(task.id);
    if (task.status === 'completed') this.#completed.add(task.id);
    const [oldest] = this.#settled.keys();
    if (this.#settled.size > MAX_KEPT && oldest !== undefined) this.#settled.delete(oldest);
  }

  get tasks(): Task[] {
    return [...this.#settled.values()];
  }

  get failedIds(): ReadonlySet<TaskId> {
    return this.#failed;
  }

  get completedCount(): number {
    return this.#completed.size;
  }
}

/** Whether a task asks for nothing more by itself. */
export function hasSettled(task: Task): boolean {
  return SETTLED_STATUSES.includes(task.status);
}
