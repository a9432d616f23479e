/** Where dragged or nudged tasks go. Only pending ones have a place of their own choosing, and only among those of their queue. */
import type { TaskSummary } from '../../../shared/summary.ts';
import type { QueueName, TaskId } from '../../../shared/task.ts';

export interface Move {
  readonly ids: TaskId[];
  /** Null: behind all others. */
  readonly before: TaskId | null;
}

type Place = Pick<TaskSummary, 'id' | 'status' | 'queue'>;

/** The moves, one a queue, that put tasks where they were dropped: before the task at `index` of the waiting list, which is in its order; its length: at the end. */
export function movesTo(waiting: readonly Place[], ids: ReadonlySet<TaskId>, index: number): Move[] {
  const movable = waiting.filter(({ id, status }) => status === 'pending' && ids.has(id));
  const queues = new Set<QueueName>(movable.map(({ queue }) => queue));
  const moves: Move[] = [];
  for (const queue of queues) {
    const moved = movable.filter((task) => task.queue === queue).map(({ id }) => id);
    const before = waiting.slice(index).find((task) => task.queue === queue && task.status === 'pending' && !ids.has(task.id))?.id ?? null;
    if (!isThere(waiting, queue, moved, before)) moves.push({ ids: moved, before });
  }
  return moves;
}

/** The moves that put tasks one place up or down in their queue. */
export function movesByOne(waiting: readonly Place[], ids: ReadonlySet<TaskId>, direction: 'up' | 'down'): Move[] {
  const moves: Move[] = [];
  for (const queue of new Set<QueueName>(waiting.map((task) => task.queue))) {
    const line = waiting.filter((task) => task.queue === queue && task.status === 'pending').map(({ id }) => id);
    const moved = line.filter((id) => ids.has(id));
    const [first] = moved;
    const last = moved.at(-1);
    if (first === undefined || last === undefined) continue;
    if (direction === 'up') {
      const neighbour = line.slice(0, line.indexOf(first)).at(-1);
      if (neighbour !== undefined) moves.push({ ids: moved, before: neighbour });
    } else {
      const rest = line.slice(line.indexOf(last) + 1);
      if (rest.length > 0) moves.push({ ids: moved, before: rest[1] ?? null });
    }
  }
  return moves;
}

/** Whether they stand there already, in that order. */
function isThere(waiting: readonly Place[], queue: QueueName, moved: readonly TaskId[], before: TaskId | null): boolean {
  const line = waiting.filter((task) => task.queue === queue && task.status === 'pending').map(({ id }) => id);
  const end = before === null ? line.length : line.indexOf(before);
  return moved.every((id, at) => line[end - moved.length + at] === id);
}
