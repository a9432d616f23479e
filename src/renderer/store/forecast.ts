/** How long work still takes, from how it went since this window looks on. */
import type { TaskSummary } from '../../shared/summary.ts';
import type { TaskId } from '../../shared/task.ts';

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

/** The rule of the command line (src/main/cli/eta.ts), fed by the mirror. */
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

/** Work that lies before one queue. */
export interface QueueLoad {
  /** Seconds left of each running task; null: not known. */
  readonly running: readonly (number | null)[];
  /** Sum of the seconds of the tasks that will run by themselves. */
  readonly waitingSeconds: number;
  /** How many of them tell nothing. */
  readonly waitingUnknown: number;
  readonly waitingKnown: number;
  /** Tasks at a time. */
  readonly concurrency: number;
}

/** isLowerBound: some tasks tell nothing, and none like them either. */
export interface QueueForecast {
  readonly seconds: number;
  readonly isLowerBound: boolean;
}

/** When all queues are done: they work beside each other, so the longest one decides. Tasks that tell nothing count as the mean of the others. Null: nothing is known. */
export function forecastQueues(queues: readonly QueueLoad[]): QueueForecast | null {
  let longest: QueueForecast | null = null;
  let isAnyUnknown = false;
  for (const queue of queues) {
    const known = queue.running.filter((seconds) => seconds !== null);
    const knownCount = known.length + queue.waitingKnown;
    const unknownCount = queue.running.length - known.length + queue.waitingUnknown;
    if (knownCount === 0) {
      isAnyUnknown ||= unknownCount > 0;
      continue;
    }
    const knownSeconds = known.reduce((sum, seconds) => sum + seconds, queue.waitingSeconds);
    const whole = knownSeconds + (unknownCount * knownSeconds) / knownCount;
    const seconds = Math.max(whole / Math.max(1, queue.concurrency), ...known);
    if (longest === null || seconds > longest.seconds) longest = { seconds, isLowerBound: false };
  }
  return longest === null ? null : { ...longest, isLowerBound: isAnyUnknown };
}
