import { describe, expect, it } from 'vitest';
import { placeBefore, placeBehind, type Place } from './place.ts';

const byPlace = (a: Place, b: Place): number => b.orderKey - a.orderKey || a.id - b.id;
/** `7:100 3:99`: ids and keys. */
const places = (text: string): Place[] => text.split(' ').map((pair) => {
  const [id = '', orderKey = ''] = pair.split(':');
  return { id: Number(id), orderKey: Number(orderKey) };
});

/** A small linear congruential generator (Numerical Recipes): the same queues in every run. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (1_664_525 * state + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The queue after a move, by its new keys. */
function moved(queue: readonly Place[], ids: readonly number[], before: number | null): { order: number[]; changed: number } {
  const rest = queue.filter(({ id }) => !ids.includes(id)).sort(byPlace);
  const moving = ids.flatMap((id) => queue.filter((place) => place.id === id));
  const at = rest.findIndex(({ id }) => id === before);
  const anchor = rest[at];
  const changes = anchor === undefined ? placeBehind(moving, rest.at(-1) ?? null) : placeBefore(moving, anchor, rest.slice(0, at).toReversed());
  const keys = new Map(changes.map((place) => [place.id, place]));
  return { order: queue.map((place) => keys.get(place.id) ?? place).sort(byPlace).map(({ id }) => id), changed: changes.length };
}

describe('a move', () => {
  it('takes the room that there is and touches nobody else', () => {
    expect(moved(places('1:100 2:50 3:10'), [3], 2)).toEqual({ order: [1, 3, 2], changed: 1 });
    expect(moved(places('1:100 2:50 3:10'), [3], 1)).toEqual({ order: [3, 1, 2], changed: 1 });
    expect(moved(places('1:100 2:50 3:10'), [1], null)).toEqual({ order: [2, 3, 1], changed: 1 });
  });

  it('lifts those above, and no more of them than it must, where there is no room', () => {
    expect(moved(places('1:90 9:11 3:10 4:9'), [4], 3)).toEqual({ order: [1, 9, 4, 3], changed: 2 });
  });

  it('parts tasks with equal keys, which the lower id orders', () => {
    expect(moved(places('1:10 2:10 3:10 4:10'), [4], 3)).toEqual({ order: [1, 2, 4, 3], changed: 3 });
    expect(moved(places('1:10 2:10 3:10 4:10'), [1], null).order).toEqual([2, 3, 4, 1]);
    expect(moved(places('1:10 2:10 3:10 4:10'), [4, 2], 1).order).toEqual([4, 2, 1, 3]);
  });

  it('leads to the order that was asked for, in any queue', () => {
    const random = randomFrom(7);
    for (let round = 0; round < 2_000; round += 1) {
      const queue = Array.from({ length: 2 + random(9) }, (_, index) => ({ id: index + 1, orderKey: random(6) }));
      const ids = queue.map(({ id }) => id).filter(() => random(3) === 0).sort(() => random(3) - 1);
      const rest = queue.filter(({ id }) => !ids.includes(id)).sort(byPlace).map(({ id }) => id);
      const before = rest[random(rest.length + 1)] ?? null;
      const at = before === null ? rest.length : rest.indexOf(before);
      expect(moved(queue, ids, before).order).toEqual([...rest.slice(0, at), ...ids, ...rest.slice(at)]);
    }
  });
});
