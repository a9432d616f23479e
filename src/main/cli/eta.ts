/** How long a running task still takes, from how it went so far. */
import type { Task, TaskId } from '../../shared/task.ts';

/** Before this much has happened a forecast only jumps about. */
const MIN_SEEN_MS = 2_000;
const MIN_SEEN_PERCENT = 1;

type Seen = Pick<Task, 'id' | 'attempt' | 'progress' | 'estimate'>;

export class Forecast {
  readonly #first = new Map<TaskId, { attempt: number; progress: number; at: number }>();

  /** Seconds still to go; null: not known yet. Checkpointed progress of earlier attempts does not count as speed. */
  secondsLeft(task: Seen, now: number): number | null {
    const first = this.#first.get(task.id);
    if (first?.attempt !== task.attempt || task.progress < first.progress) {
      this.#first.set(task.id, { attempt: task.attempt, progress: task.progress, at: now });
      return fromEstimate(task);
    }
    const seenMs = now - first.at;
    const seenPercent = task.progress - first.progress;
    if (seenMs < MIN_SEEN_MS || seenPercent < MIN_SEEN_PERCENT) return fromEstimate(task);
    return ((100 - task.progress) * seenMs) / seenPercent / 1000;
  }

  /** The task does not run any more. */
  forget(id: TaskId): void {
    this.#first.delete(id);
  }
}

function fromEstimate({ estimate, progress }: Seen): number | null {
  return estimate === null || estimate.seconds === 0 ? null : (estimate.seconds * (100 - progress)) / 100;
}
