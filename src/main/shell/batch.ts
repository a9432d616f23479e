/** One stretch of work, from the first task after a rest to the next rest: what a notification tells of, and a progress bar shows. */
import type { EngineEvent } from '../../shared/contract.ts';
import type { TaskSummary } from '../../shared/summary.ts';
import type { TaskId } from '../../shared/task.ts';

type Delta = Pick<Extract<EngineEvent, { kind: 'delta' }>, 'tasks' | 'removed' | 'progress'>;

/** A task that waits for its user. */
export interface FailedTask {
  readonly id: TaskId;
  /** Absolute path. */
  readonly input: string;
  readonly message: string;
}

/** Changed in place: a copy of a hundred thousand ids at every delta would cost more than all the rest of it. */
export interface Batch {
  /** Epoch milliseconds: what ended before belongs to another batch. */
  readonly since: number;
  readonly completed: Set<TaskId>;
  readonly failed: Map<TaskId, FailedTask>;
  /** 0–100 of each task that runs. */
  readonly running: Map<TaskId, number>;
}

export function emptyBatch(since: number): Batch {
  return { since, completed: new Set(), failed: new Map(), running: new Map() };
}

/** Takes a change of the list in; gives back the tasks that failed by it. */
export function addDelta(batch: Batch, { tasks, removed, progress }: Delta): FailedTask[] {
  const newlyFailed = tasks.flatMap((task) => addTask(batch, task) ?? []);
  for (const id of removed) batch.running.delete(id);
  for (const update of progress) if (batch.running.has(update.id)) batch.running.set(update.id, update.progress);
  return newlyFailed;
}

function addTask({ since, completed, failed, running }: Batch, task: TaskSummary): FailedTask | null {
  // What Longhaul does for itself is nothing that anybody waits for.
  if (task.type === 'maintenance') return null;
  const { id, status, input } = task;
  const isOfThis = (task.completedAt ?? 0) >= since;
  running.delete(id);
  if (status === 'running') running.set(id, task.progress);
  if (status === 'completed' && isOfThis) completed.add(id);
  // A failed task that is tried again is no failure any more; when it fails again it is told again.
  if (status !== 'failed') failed.delete(id);
  if (status !== 'failed' || !isOfThis || failed.has(id)) return null;
  const failure = { id, input, message: task.error?.message ?? '' };
  failed.set(id, failure);
  return failure;
}

/** 0–1 of the batch, every task counting alike; null: nothing is under way. */
export function batchProgress({ completed, failed, running }: Batch, waiting: number): number | null {
  if (running.size === 0) return null;
  const done = completed.size + failed.size;
  const underWay = [...running.values()].reduce((sum, progress) => sum + progress / 100, 0);
  return (done + underWay) / (done + running.size + waiting);
}
