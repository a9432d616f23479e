import { describe, expect, it } from 'vitest';
import { testSummary } from '../../store/test-summary.ts';
import { movesByOne, movesTo } from './reorder.ts';

const media = (id: number) => testSummary({ id });
const speech = (id: number) => testSummary({ id, type: 'transcribe', queue: 'speech' });
const paused = (id: number) => testSummary({ id, status: 'paused' });

describe('dragging', () => {
  const waiting = [media(1), speech(2), media(3), paused(4), media(5)];

  it('puts a task before the next pending one of its queue', () => {
    expect(movesTo(waiting, new Set([5]), 1)).toEqual([{ ids: [5], before: 3 }]);
    expect(movesTo(waiting, new Set([1]), 3)).toEqual([{ ids: [1], before: 5 }]);
  });

  it('puts a task at the end when none of its queue follows', () => {
    expect(movesTo(waiting, new Set([1]), 5)).toEqual([{ ids: [1], before: null }]);
  });

  it('keeps the order of several, queue by queue', () => {
    expect(movesTo([speech(1), media(2), media(3), speech(4), media(5)], new Set([5, 3, 4]), 0)).toEqual([{ ids: [3, 5], before: 2 }, { ids: [4], before: 1 }]);
  });

  it('does nothing with what has no place of its own, or stands there already', () => {
    expect(movesTo(waiting, new Set([4]), 0)).toEqual([]);
    expect(movesTo(waiting, new Set([3]), 2)).toEqual([]);
    expect(movesTo(waiting, new Set([3]), 3)).toEqual([]);
    expect(movesTo(waiting, new Set([5]), 5)).toEqual([]);
  });
});

describe('one place up or down', () => {
  const waiting = [media(1), speech(2), media(3), media(5), media(6)];

  it('is before the neighbour of the queue, or behind it', () => {
    expect(movesByOne(waiting, new Set([3]), 'up')).toEqual([{ ids: [3], before: 1 }]);
    expect(movesByOne(waiting, new Set([3]), 'down')).toEqual([{ ids: [3], before: 6 }]);
    expect(movesByOne(waiting, new Set([5]), 'down')).toEqual([{ ids: [5], before: null }]);
  });

  it('at the edge there is none', () => {
    expect(movesByOne(waiting, new Set([1, 2]), 'up')).toEqual([]);
    expect(movesByOne(waiting, new Set([6]), 'down')).toEqual([]);
  });

  it('several go together', () => {
    expect(movesByOne(waiting, new Set([3, 5]), 'up')).toEqual([{ ids: [3, 5], before: 1 }]);
  });
});
