import { describe, expect, it } from 'vitest';
import type { TaskSummary } from '../../shared/summary.ts';
import { testSummary } from './test-summary.ts';
import { Sync, type Delta, type SnapshotPage } from './sync.ts';

const page = (revision: number, tasks: TaskSummary[], next: number | null = null, epoch = 'e'): SnapshotPage => ({ epoch, revision, tasks, total: tasks.length, next });
const delta = (revision: number, part: Partial<Delta> = {}): Delta => ({ kind: 'delta', epoch: 'e', revision, tasks: [], removed: [], progress: [], ...part });
const progress = (id: number, value: number) => ({ id, progress: value, progressCurrent: value, progressTotal: 100, message: 'encoding' });

function loaded(...tasks: TaskSummary[]): Sync {
  const sync = new Sync();
  sync.begin();
  sync.page(page(5, tasks));
  return sync;
}

describe('the mirror of the list', () => {
  it('shows the first snapshot page by page', () => {
    const sync = new Sync();
    sync.begin();
    const first = sync.page(page(1, [testSummary({ id: 3 })], 3));
    expect(first).toMatchObject({ kind: 'applied', changes: [{ before: null, after: { id: 3 } }] });
    expect(sync.isWhole).toBe(false);
    sync.page(page(1, [testSummary({ id: 2 })]));
    expect([...sync.tasks.keys()]).toEqual([3, 2]);
    expect(sync.isWhole).toBe(true);
  });

  it('a delta after the snapshot changes, adds and removes, and tells what it did', () => {
    const sync = loaded(testSummary({ id: 1 }), testSummary({ id: 2 }));
    const outcome = sync.delta(delta(6, { tasks: [testSummary({ id: 1, status: 'running' }), testSummary({ id: 9 })], removed: [2, 77] }));
    expect(outcome).toMatchObject({ kind: 'applied', changes: [{ before: { id: 1, status: 'pending' }, after: { status: 'running' } }, { before: null, after: { id: 9 } }, { before: { id: 2 }, after: null }] });
    expect([...sync.tasks.keys()].sort()).toEqual([1, 9]);
  });

  it('progress makes a new summary of its task only', () => {
    const sync = loaded(testSummary({ id: 1, status: 'running' }), testSummary({ id: 2, status: 'running' }));
    const [before1, before2] = [sync.tasks.get(1), sync.tasks.get(2)];
    sync.delta(delta(6, { progress: [progress(1, 40)] }));
    expect(sync.tasks.get(1)).toMatchObject({ progress: 40, message: 'encoding' });
    expect(sync.tasks.get(1)).not.toBe(before1);
    expect(sync.tasks.get(2)).toBe(before2);
  });

  it('a delta that the snapshot has already changes nothing', () => {
    const sync = loaded(testSummary({ id: 1, status: 'completed' }));
    expect(sync.delta(delta(5, { tasks: [testSummary({ id: 1, status: 'running' })] }))).toEqual({ kind: 'applied', changes: [] });
    expect(sync.tasks.get(1)?.status).toBe('completed');
  });

  it.each([['a missed revision', delta(7)], ['another start of the engine', { ...delta(6), epoch: 'f' }]])('%s is a gap', (_, missed) => {
    expect(loaded().delta(missed)).toEqual({ kind: 'gap' });
  });

  it('a delta before any snapshot was asked for is a gap', () => {
    expect(new Sync().delta(delta(1))).toEqual({ kind: 'gap' });
  });

  it('deltas that overtake the first page are applied after it', () => {
    const sync = new Sync();
    sync.begin();
    expect(sync.delta(delta(4, { tasks: [testSummary({ id: 1, status: 'failed' })] }))).toEqual({ kind: 'later' });
    sync.delta(delta(5));
    sync.delta(delta(6, { tasks: [testSummary({ id: 1, status: 'completed' })] }));
    sync.page(page(5, [testSummary({ id: 1, status: 'running' })]));
    expect(sync.tasks.get(1)?.status).toBe('completed');
    expect(sync.delta(delta(7))).toMatchObject({ kind: 'applied' });
  });

  it('deltas before the first page with one missing are a gap', () => {
    const sync = new Sync();
    sync.begin();
    sync.delta(delta(7));
    expect(sync.page(page(5, []))).toEqual({ kind: 'gap' });
  });

  it('a later page that is older than a delta brings back neither state nor removed tasks', () => {
    const sync = new Sync();
    sync.begin();
    sync.page(page(5, [testSummary({ id: 9 })], 9));
    sync.delta(delta(6, { tasks: [testSummary({ id: 3, status: 'completed' })], removed: [2] }));
    sync.page(page(5, [testSummary({ id: 3, status: 'running' }), testSummary({ id: 2 }), testSummary({ id: 1 })]));
    expect(sync.tasks.get(3)?.status).toBe('completed');
    expect([...sync.tasks.keys()].sort()).toEqual([1, 3, 9]);
  });

  it('a later page that is newer than a delta wins', () => {
    const sync = new Sync();
    sync.begin();
    sync.page(page(5, [], 9));
    sync.delta(delta(6, { tasks: [testSummary({ id: 3, status: 'running' })] }));
    sync.page(page(8, [testSummary({ id: 3, status: 'completed' })]));
    expect(sync.tasks.get(3)?.status).toBe('completed');
  });

  it('progress of a task whose page has not come is not lost', () => {
    const sync = new Sync();
    sync.begin();
    sync.page(page(5, [], 9));
    sync.delta(delta(6, { progress: [progress(3, 70)] }));
    sync.page(page(5, [testSummary({ id: 3, status: 'running', progress: 10 })]));
    expect(sync.tasks.get(3)).toMatchObject({ status: 'running', progress: 70 });
  });

  it('a page of another start of the engine is a gap', () => {
    const sync = new Sync();
    sync.begin();
    sync.page(page(5, [], 9));
    expect(sync.page(page(1, [], null, 'f'))).toEqual({ kind: 'gap' });
  });

  it('a new snapshot after a gap is shown when it is whole; until then the old list stays', () => {
    const sync = loaded(testSummary({ id: 1 }), testSummary({ id: 2 }));
    const shown = sync.tasks;
    sync.begin();
    expect(sync.page(page(20, [testSummary({ id: 4 })], 4, 'f'))).toEqual({ kind: 'later' });
    expect(sync.delta({ ...delta(21, { removed: [2] }), epoch: 'f' })).toEqual({ kind: 'later' });
    expect(sync.tasks).toBe(shown);
    expect([...sync.tasks.keys()]).toEqual([1, 2]);
    expect(sync.page(page(20, [testSummary({ id: 2 }), testSummary({ id: 1 })], null, 'f'))).toEqual({ kind: 'replaced' });
    expect([...sync.tasks.keys()]).toEqual([4, 1]);
  });

  it('applies a delta to a hundred thousand tasks without copying them', () => {
    const sync = loaded(...Array.from({ length: 100_000 }, (_, at) => testSummary({ id: at + 1 })));
    const { tasks } = sync;
    for (let revision = 6; revision < 106; revision += 1) sync.delta(delta(revision, { progress: [progress(revision, 50)], tasks: [testSummary({ id: revision * 7, status: 'running' })] }));
    expect(sync.tasks).toBe(tasks);
    expect(tasks.get(7 * 105)?.status).toBe('running');
  });
});
