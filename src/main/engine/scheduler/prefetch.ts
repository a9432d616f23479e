/**
 * Tasks claimed ahead of a free worker, at most one per worker. While tasks take seconds this is of no use and only takes them out of
 * the order early; where they are so short that the way to the store and back is most of their time, a worker finds its next task here
 * and the store commits the end of the last one meanwhile. (Celery and RabbitMQ call it a prefetch of one.)
 */
import type { QueueName, TaskId } from '../../../shared/task.ts';
import type { Claimed } from '../store/store.ts';

/** Attempts shorter than this on average: several times a commit on a slow disk. */
const SHORT_MS = 100;
/** How much the newest attempt counts in the average: the last eight or so decide. */
const NEWEST_SHARE = 1 / 8;
/** Who waits longer than this for a worker goes back into the queue: the tasks have become long. */
const LONGEST_WAIT_MS = 1_000;

interface Ahead {
  readonly claimed: Claimed;
  readonly sinceMs: number;
}

export class Prefetch {
  readonly #ahead = new Map<QueueName, Ahead[]>();
  readonly #meanMs = new Map<QueueName, number>();

  /** An attempt of this queue took so long. */
  learn(queue: QueueName, tookMs: number): void {
    const mean = this.#meanMs.get(queue);
    this.#meanMs.set(queue, mean === undefined ? tookMs : mean + (tookMs - mean) * NEWEST_SHARE);
  }

  /** Whether the queue's tasks have lately been over in no time. */
  isShort(queue: QueueName): boolean {
    return (this.#meanMs.get(queue) ?? SHORT_MS) < SHORT_MS;
  }

  /** How many more tasks a queue with so many workers may claim ahead. */
  room(queue: QueueName, workers: number): number {
    return this.isShort(queue) ? Math.max(0, workers - this.#of(queue).length) : 0;
  }

  /** How many tasks wait here. */
  get count(): number {
    let count = 0;
    for (const ahead of this.#ahead.values()) count += ahead.length;
    return count;
  }

  hold(claimed: Claimed, nowMs: number): void {
    const { queue } = claimed.task;
    this.#ahead.set(queue, [...this.#of(queue), { claimed, sinceMs: nowMs }]);
  }

  /** The first in the order of the claims. */
  take(queue: QueueName): Claimed | undefined {
    const [first, ...rest] = this.#of(queue);
    this.#ahead.set(queue, rest);
    return first?.claimed;
  }

  /** Takes out those that a predicate picks. */
  remove(isMeant: (id: TaskId, queue: QueueName) => boolean): Claimed[] {
    return this.#removeWhere(({ claimed: { task } }) => isMeant(task.id, task.queue));
  }

  /** Takes out those that have waited too long; their queue's tasks are not short any more. */
  removeStale(nowMs: number): Claimed[] {
    const stale = this.#removeWhere(({ sinceMs }) => nowMs - sinceMs > LONGEST_WAIT_MS);
    for (const { task } of stale) this.#meanMs.set(task.queue, LONGEST_WAIT_MS);
    return stale;
  }

  #of(queue: QueueName): readonly Ahead[] {
    return this.#ahead.get(queue) ?? [];
  }

  #removeWhere(isMeant: (ahead: Ahead) => boolean): Claimed[] {
    const removed: Claimed[] = [];
    for (const [queue, ahead] of this.#ahead) {
      this.#ahead.set(queue, ahead.filter((one) => !isMeant(one)));
      for (const one of ahead) if (isMeant(one)) removed.push(one.claimed);
    }
    return removed;
  }
}
