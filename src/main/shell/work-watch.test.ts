import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineEvent, EngineStatus } from '../../shared/contract.ts';
import type { TaskSummary } from '../../shared/summary.ts';
import { createTestEngine, testTask } from '../local/test-engine.ts';
import { summaryOf } from '../../shared/summary.ts';
import { watchWork } from './work-watch.ts';

beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }); });
afterEach(() => { vi.useRealTimers(); });

const delta = (...tasks: TaskSummary[]): EngineEvent => ({ kind: 'delta', epoch: 'e', revision: 1, tasks, removed: [], progress: [] });
const summary = (id: number, over: Partial<TaskSummary>): TaskSummary => ({ ...summaryOf(testTask({ id })), ...over });

async function watched() {
  const engine = createTestEngine();
  const looks = { count: 0 };
  const getStatus = async (): Promise<EngineStatus> => {
    looks.count += 1;
    return engine.api.getStatus({});
  };
  const work = watchWork({ api: { getStatus }, on: engine.on });
  const log: string[] = [];
  work.onChange(({ running, waiting }) => { log.push(`${String(running)} of ${String(running + waiting)}`); });
  work.onIdle(({ completed, failed }) => { log.push(`idle: ${String(completed.size)} done, ${String(failed.size)} failed`); });
  work.onFailed(({ id }) => { log.push(`failed: ${String(id)}`); });
  await vi.advanceTimersByTimeAsync(0);
  return { engine, looks, log, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

describe('the overview of the work', () => {
  it('looks once for all that happens within a second', async () => {
    const { engine, looks, log, pass } = await watched();
    engine.tasks.set(1, testTask({ id: 1, status: 'running' }));
    engine.tasks.set(2, testTask({ id: 2, status: 'pending' }));
    for (let index = 0; index < 100; index += 1) engine.emit(delta());
    await pass(1_000);
    expect([looks.count, log]).toEqual([2, ['0 of 0', '1 of 2']]);
  });

  it('tells the end of a batch once, also of one that began and ended between two looks', async () => {
    const { engine, log, pass } = await watched();
    engine.emit(delta(summary(1, { status: 'completed', completedAt: Date.now() + 1 }), summary(2, { status: 'failed', completedAt: Date.now() + 1 })));
    engine.emit({ kind: 'idle' });
    await pass(1_000);
    engine.emit({ kind: 'settings' });
    await pass(1_000);
    expect(log).toEqual(['0 of 0', 'failed: 2', '0 of 0', 'idle: 1 done, 1 failed', '0 of 0']);
  });

  it('says nothing of an end where nothing had begun', async () => {
    const { engine, log, pass } = await watched();
    engine.emit({ kind: 'idle' });
    await pass(1_000);
    expect(log).toEqual(['0 of 0', '0 of 0']);
  });
});
