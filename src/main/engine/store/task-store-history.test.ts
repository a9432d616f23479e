import { describe, expect, it } from 'vitest';
import { addRunning, claim, complete, endOf, failForGood, FAILURE, get, openTestStore, T0 } from './test-store.ts';

const LOSS = { code: 'WORKER_LOST', message: 'The worker died (SIGSEGV).', retryable: true } as const;

describe('the history of a task', () => {
  it('tells of each attempt how it ended, how long it took and why, the newest first', async () => {
    const store = await openTestStore();
    const first = await addRunning(store);
    const { id } = first.task;
    await store.release({ ...endOf(first, T0 + 1_000), durationMs: 1_000, reason: 'paused' });
    await store.lose({ ...endOf(await claim(store), T0 + 2_000), durationMs: 700.6, error: LOSS, poisonAfter: 3 });
    await store.fail({ ...endOf(await claim(store), T0 + 3_000), worker: '4711', error: FAILURE, retryAt: T0 + 4_000 });
    expect(await store.attempts(id)).toEqual([
      { attempt: 3, endedAt: T0 + 3_000, durationMs: 2_000, outcome: 'failed', error: FAILURE, worker: '4711' },
      { attempt: 2, endedAt: T0 + 2_000, durationMs: 701, outcome: 'lost', error: LOSS, worker: null },
      { attempt: 1, endedAt: T0 + 1_000, durationMs: 1_000, outcome: 'interrupted', error: null, worker: null },
    ]);
    await store.stage(T0 + 4_000);
    // The running one is not among them.
    const last = await claim(store);
    expect(await store.attempts(id)).toHaveLength(3);
    await complete(store, last, T0 + 6_000);
    expect((await store.attempts(id))[0]).toEqual({ attempt: 4, endedAt: T0 + 6_000, durationMs: 2_000, outcome: 'completed', error: null, worker: null });
  });

  it('knows of an attempt that did not survive its engine until when it was heard of', async () => {
    const store = await openTestStore();
    const { task } = await addRunning(store);
    const fence = { id: task.id, leaseOwner: task.leaseOwner ?? '', attempt: task.attempt };
    await store.saveProgress([{ ...fence, progress: 10, progressCurrent: 1, progressTotal: 10, message: 'encoding', leaseUntil: T0 + 99_000 }], T0 + 45_000);
    await store.rescue({ leaseOwner: 'engine-2', now: T0 + 86_400_000 });
    expect(await store.attempts(task.id)).toEqual([
      { attempt: 1, endedAt: T0 + 45_000, durationMs: 45_000, outcome: 'lost', error: expect.objectContaining({ code: 'WORKER_LOST', retryable: true }), worker: null },
    ]);
    expect(await get(store, task.id)).toMatchObject({ status: 'pending', durationMs: 45_000 });
  });

  it('holds nothing that an attempt without the lease says', async () => {
    const store = await openTestStore();
    const { task } = await addRunning(store);
    const stale = { ...endOf({ task }), attempt: task.attempt + 1 };
    expect(await store.complete({ ...stale, outputs: [], message: '', pace: null })).toBeNull();
    expect(await store.fail({ ...stale, error: FAILURE, retryAt: null })).toBeNull();
    expect(await store.release({ ...stale, reason: '' })).toBeNull();
    expect(await store.lose({ ...stale, error: LOSS, poisonAfter: 3 })).toBeNull();
    expect(await store.attempts(task.id)).toEqual([]);
  });

  it('outlives a retry by hand and the removal from the list', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    const { id } = running.task;
    await failForGood(store, running);
    await store.retry([id], T0);
    await complete(store, await claim(store));
    await store.remove([id], T0);
    expect((await store.attempts(id)).map(({ attempt, outcome }) => [attempt, outcome])).toEqual([[2, 'completed'], [1, 'failed']]);
  });

  it('keeps the newest hundred', async () => {
    const store = await openTestStore();
    let running = await addRunning(store);
    for (let attempt = 1; attempt <= 103; attempt += 1) {
      await store.release({ ...endOf(running), reason: 'quit' });
      running = await claim(store);
    }
    const attempts = await store.attempts(running.task.id);
    expect([attempts.length, attempts[0]?.attempt, attempts.at(-1)?.attempt]).toEqual([100, 103, 4]);
  });
});
