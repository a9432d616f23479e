/** How long a running task still takes, from how it went so far. */
import type { Task, TaskId } from '../../shared/task.ts';

/** Before this much has happened a forecast only jumps about. */
const MIN_SEEN_MS = 2_000;
const MIN_SEEN_PERCENT = 1;

type Seen = Pick<Task, 'id' | 'attempt' | 'progress' | 'estimate'>;

export class Forecast {
  readonly #tracks = new Map<TaskId, Track>();

  /** Seconds still to go; null: not known yet. Checkpointed progress of earlier attempts does not count as speed. */
  secondsLeft(task: Seen, now: number): number | null {
    const track = this.#tracks.get(task.id);
    if (track?.attempt !== task.attempt || task.progress < track.last.progress) {
      const start = { progress: task.progress, at: now };
      this.#tracks.set(task.id, { attempt: task.attempt, first: start, last: start });
      return fromEstimate(task);
    }
    if (task.progress > track.last.progress) track.last = { progress: task.progress, at: now };
    const seenMs = track.last.at - track.first.at;
    const seenPercent = track.last.progress - track.first.progress;
    if (seenMs < MIN_SEEN_MS || seenPercent < MIN_SEEN_PERCENT) return fromEstimate(task);
    // From the last step on it counts down: work that goes in steps would else seem to take ever longer until the next one.
    const leftMs = ((100 - task.progress) * seenMs) / seenPercent - (now - track.last.at);
    return Math.max(0, leftMs / 1000);
  }

  /** The task does not run any more. */
  forget(id: TaskId): void {
    this.#tracks.delete(id);
  }
}

interface Point {
  readonly progress: number;
  readonly at: number;
}

interface Track {
  readonly attempt: number;
  readonly first: Point;
  last: Point;
}

function fromEstimate({ estimate, progress }: Seen): number | null {
  return estimate === null || estimate.seconds === 0 ? null : (estimate.seconds * (100 - progress)) / 100;
}
