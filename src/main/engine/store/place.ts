/** Where tasks stand in their queue after a person has moved some of them. */
import type { TaskId } from '../../../shared/task.ts';

/** A pending task's place: the higher key first, then the lower id. */
export interface Place {
  readonly id: TaskId;
  readonly orderKey: number;
}

/**
 * New keys of the moved tasks, directly before `anchor` in their order, and of those above that have to make room: each is lifted by
 * as little as keeps it before the next, so the order of the rest stays. above: all places before the anchor, the nearest first, without
 * the moved ones; it is read only as far as needed.
 */
export function placeBefore(moved: readonly Place[], anchor: Place, above: Iterable<Place>): Place[] {
  const places: Place[] = [];
  let last = anchor;
  for (const { id } of moved.toReversed()) {
    last = justBefore(id, last);
    places.push(last);
  }
  for (const place of above) {
    if (isBefore(place, last)) break;
    last = justBefore(place.id, last);
    places.push(last);
  }
  return places;
}

/** New keys of the moved tasks, in their order, behind the last one of the rest; null: there is no other. */
export function placeBehind(moved: readonly Place[], end: Place | null): Place[] {
  const places: Place[] = [];
  let last = end;
  for (const { id, orderKey } of moved) {
    last = last === null ? { id, orderKey } : justBehind(id, last);
    places.push(last);
  }
  return places;
}

function isBefore(a: Place, b: Place): boolean {
  return a.orderKey > b.orderKey || (a.orderKey === b.orderKey && a.id < b.id);
}

function justBefore(id: TaskId, next: Place): Place {
  return { id, orderKey: id < next.id ? next.orderKey : next.orderKey + 1 };
}

function justBehind(id: TaskId, before: Place): Place {
  return { id, orderKey: id > before.id ? before.orderKey : before.orderKey - 1 };
}
