/** How long a running task still takes, from how it went since somebody looks on. */
import type { TaskSummary } from './summary.ts';
import type { TaskId } from './task.ts';

/** Before this much has happened a forecast only jumps about. */
const MIN_SEEN_MS = 2_000;
const MIN_SEEN_PERCENT = 1;

type Seen = Pick<TaskSummary, 'id' | 'attempt' | 'progress' | 'estimateSeconds'>;

interface Point {
  readonly progress: number;
  readonly at: number;
}

interface Track {
  readonly attempt: number;
  readonly first: Point;
  last: Point;
}

/** Remembers how far each running task was when; it is told of their progress and asked for what is left. */
export class Forecast {
  readonly #tracks = new Map<TaskId, Track>();

  /** To be told of each progress of a running task, whether its row is on the screen or not. Checkpointed progress of earlier attempts does not count as speed. */
  see(task: Seen, now: number): void {
    const track = this.#tracks.get(task.id);
    if (track?.attempt !== task.attempt || task.progress < track.last.progress) {
      const start = { progress: task.progress, at: now };
      this.#tracks.set(task.id, { attempt: task.attempt, first: start, last: start });
    } else if (task.progress > track.last.progress) {
      track.last = { progress: task.progress, at: now };
    }
  }

  /** Seconds still to go; null: not known yet. */
  secondsLeft(task: Seen, now: number): number | null {
    const track = this.#tracks.get(task.id);
    if (track?.attempt !== task.attempt) return fromEstimate(task);
    const seenMs = track.last.at - track.first.at;
    const seenPercent = track.last.progress - track.first.progress;
    if (seenMs < MIN_SEEN_MS || seenPercent < MIN_SEEN_PERCENT) return fromEstimate(task);
    // From the last step on it counts down: work that goes in steps would else seem to take ever longer until the next one.
    return Math.max(0, (((100 - task.progress) * seenMs) / seenPercent - (now - track.last.at)) / 1000);
  }

  /** The task does not run any more. */
  forget(id: TaskId): void {
    this.#tracks.delete(id);
  }
}

/** What the estimate leaves of a task by its progress; null: there is none. */
export function fromEstimate({ estimateSeconds, progress }: Pick<Seen, 'estimateSeconds' | 'progress'>): number | null {
  return estimateSeconds === null || estimateSeconds === 0 ? null : (estimateSeconds * (100 - progress)) / 100;
}
