import { describe, expect, it } from 'vitest';
import type { TaskSummary } from '../../shared/summary.ts';
import { addDelta, batchProgress, emptyBatch, type Batch } from './batch.ts';

const T0 = 1_000_000;

function summary(id: number, over: Partial<TaskSummary>): TaskSummary {
  return {
    id, type: 'transcribe', recipe: 'transcript', status: 'pending', queue: 'speech', priority: 5, progress: 0, progressCurrent: 0, progressTotal: 0, message: '', outputDir: null, attempt: 1,
    stopRequested: null, runAt: null, createdAt: T0, startedAt: null, completedAt: null, durationMs: 0, orderKey: 0, input: `/films/${String(id)}.mp4`, dependsOn: [], estimateSeconds: null,
    error: null, warnings: 0, outputs: 0, ...over,
  };
}

function after(...deltas: TaskSummary[][]): Batch {
  const batch = emptyBatch(T0);
  for (const tasks of deltas) addDelta(batch, { tasks, removed: [], progress: [] });
  return batch;
}
const done = (id: number, completedAt = T0 + 1): TaskSummary => summary(id, { status: 'completed', completedAt });
const broken = (id: number, completedAt = T0 + 1): TaskSummary => summary(id, { status: 'failed', completedAt, error: { code: 'INPUT_DAMAGED', message: 'It is damaged.', retryable: false } });

describe('a batch', () => {
  it('counts every task once, however often it is told of', () => {
    const batch = after([done(1), broken(2)], [done(1), broken(2), done(3)]);
    expect([[...batch.completed], [...batch.failed.values()]]).toEqual([[1, 3], [{ id: 2, input: '/films/2.mp4', message: 'It is damaged.' }]]);
  });

  it('leaves out what Longhaul does for itself', () => {
    const upkeep = { type: 'maintenance', queue: 'maintenance', input: '' } as const;
    const batch = after([{ ...done(1), ...upkeep }, { ...broken(2), ...upkeep }, { ...summary(3, { status: 'running' }), ...upkeep }]);
    expect([batch.completed.size, batch.failed.size, batch.running.size]).toEqual([0, 0, 0]);
  });

  it('leaves out what ended before it', () => {
    const batch = after([done(1, T0 - 1), broken(2, T0 - 1)]);
    expect([batch.completed.size, batch.failed.size]).toEqual([0, 0]);
  });

  it('forgets a failure that is tried again, and tells it again when it fails again', () => {
    const batch = emptyBatch(T0);
    const failures = [[broken(1)], [broken(1)], [summary(1, { status: 'pending' })], [broken(1)]].map((tasks) => addDelta(batch, { tasks, removed: [], progress: [] }).length);
    expect(failures).toEqual([1, 0, 0, 1]);
    expect(after([broken(1)], [summary(1, { status: 'pending' })]).failed.size).toBe(0);
  });

  it('is as far as its tasks together', () => {
    const batch = after([done(1), summary(2, { status: 'running' })]);
    addDelta(batch, { tasks: [], removed: [], progress: [{ id: 2, progress: 50, progressCurrent: 0, progressTotal: 0, message: '' }, { id: 9, progress: 99, progressCurrent: 0, progressTotal: 0, message: '' }] });
    expect(batchProgress(batch, 2)).toBe(1.5 / 4);
  });

  it('has no progress while nothing runs', () => {
    const running = summary(2, { status: 'running' });
    expect(batchProgress(after([done(1)]), 3)).toBeNull();
    expect(batchProgress(after([running], [summary(2, { status: 'paused' })]), 3)).toBeNull();
    const batch = after([running]);
    addDelta(batch, { tasks: [], removed: [2], progress: [] });
    expect(batchProgress(batch, 3)).toBeNull();
  });
});
