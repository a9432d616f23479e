import { describe, expect, it } from 'vitest';
import { testSummary } from '../../store/test-summary.ts';
import { filterSection, keyOf, ListModel, type Filter } from './list-model.ts';

const tasks = (...ids: number[]) => ids.map((id) => testSummary({ id }));
const model = (folded: readonly ('running' | 'waiting')[] = []) => new ListModel({ attention: [], running: tasks(1, 2), waiting: tasks(3, 4, 5), finished: [] }, new Set(folded));
const rows = (list: ListModel) => Array.from({ length: list.count }, (_, at) => list.row(at)).map((row) => (row === null ? null : keyOf(row)));
const everything: Filter = { search: '', state: 'all', type: 'all' };

describe('the rows of the queue', () => {
  it('each section that has tasks has its heading before them', () => {
    expect(rows(model())).toEqual(['s:running', 't1', 't2', 's:waiting', 't3', 't4', 't5']);
  });

  it('of a folded section only the heading is shown, with its count', () => {
    expect(rows(model(['running']))).toEqual(['s:running', 's:waiting', 't3', 't4', 't5']);
    expect(model(['running']).row(0)).toMatchObject({ count: 2, isFolded: true });
  });

  it('every row is found at its index, and what is not shown is not', () => {
    const list = model();
    for (const [at, key] of rows(list).entries()) expect(list.indexOf(key)).toBe(at);
    expect(model(['running']).indexOf('t1')).toBe(-1);
    expect(list.indexOf(null)).toBe(-1);
    expect(list.row(list.count)).toBeNull();
  });

  it('a stretch has the tasks between two rows, without headings, from either end', () => {
    expect(model().between(1, 4)).toEqual([1, 2, 3]);
    expect(model().between(4, 1)).toEqual([1, 2, 3]);
  });
});

describe('the filters', () => {
  const list = [testSummary({ id: 1, input: '/Films/Day 1/Interview.MOV' }), testSummary({ id: 2, input: '/films/b.mp4', recipe: 'mp3', status: 'paused' }), testSummary({ id: 3, input: '/x.wav', type: 'transcribe' })];
  const found = (filter: Partial<Filter>) => filterSection('waiting', list, { ...everything, ...filter }).map(({ id }) => id);

  it('all words must be in path or recipe, whatever their case and order', () => {
    expect(found({ search: 'interview FILMS' })).toEqual([1]);
    expect(found({ search: 'mp3' })).toEqual([2]);
    expect(found({ search: 'nowhere' })).toEqual([]);
  });

  it('by type and by state', () => {
    expect(found({ type: 'transcribe' })).toEqual([3]);
    expect(found({ state: 'waiting' })).toEqual([1, 2, 3]);
    expect(found({ state: 'paused' })).toEqual([2]);
    expect(found({ state: 'running' })).toEqual([]);
  });

  it('without any the list itself is given', () => {
    expect(filterSection('waiting', list, everything)).toBe(list);
  });
});
