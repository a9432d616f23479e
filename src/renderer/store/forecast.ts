/** When all queues will be done. */

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
