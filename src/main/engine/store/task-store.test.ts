import { describe, expect, it } from 'vitest';
import { add, addRunning, claim, complete, draft, endOf, failForGood, FAILURE, get, openTestStore, OWNER, T0 } from './test-store.ts';

const OUTPUT = { path: '/videos/a.mp4', sizeBytes: 10, sha256: 'a'.repeat(64) };
const MINUTE_MS = 60_000;

describe('adding tasks', () => {
  it('makes what is due pending, what is not waiting, and gives briefs in order', async () => {
    const store = await openTestStore();
    const briefs = await store.insertTasks([draft(), draft({ runAt: T0 }), draft({ runAt: T0 + 1, type: 'transcribe', recipe: 'transcript', queue: 'speech' })], T0);
    expect(briefs).toEqual([
      { id: 1, type: 'video_convert', status: 'pending' },
      { id: 2, type: 'video_convert', status: 'pending' },
      { id: 3, type: 'transcribe', status: 'waiting' },
    ]);
  });

  it('stores all that it was given', async () => {
    const store = await openTestStore();
    const given = draft({ inputs: ['/videos/-né "w\'\n\u{1F600}.mov'], outputDir: '/out', priority: 8, maxRetries: 7, runAt: T0 + 5, options: { nested: { list: [1, null, 'x'] } } });
    const parentTaskId = await add(store);
    const more = {
      dependencyMode: 'settled', parentTaskId, owner: 'ann', tier: 'PRO', documentId: 'doc 7', project: 'the film', notify: ['desktop', 'mailto:ann@example.org'],
      rateKey: 'key', retryDelayMs: 250, softLimitSeconds: 60, hardLimitSeconds: 0, scheduleId: 3, scheduledFor: T0 + 4,
    } as const;
    const id = await add(store, { ...given, more });
    expect(await get(store, id)).toEqual({
      ...given, ...more, groupId: null, resumable: true, id, status: 'waiting', inputs: [...given.inputs], dependsOn: [], progress: 0, progressCurrent: 0, progressTotal: 0, message: '', warnings: [], outputs: [],
      attempt: 0, failures: 0, workerLosses: 0, checkpoint: null, error: null, lastError: null, leaseOwner: null, leaseUntil: null, stopRequested: null,
      createdAt: T0, updatedAt: T0, startedAt: null, completedAt: null, durationMs: 0, estimate: null, orderKey: (8 + 10) * MINUTE_MS - T0, deletedAt: null,
    });
  });

  it('takes all of a batch or none, and never gives an id twice', async () => {
    const store = await openTestStore();
    await expect(store.insertTasks([draft(), draft({ dependsOn: [99] }), draft()], T0)).rejects.toMatchObject({ code: 'TASK_UNKNOWN', message: expect.stringContaining('99') });
    expect((await store.list({ limit: 10, offset: 0 })).total).toBe(0);
    const id = await add(store);
    await store.remove([id], T0);
    expect(await add(store)).toBe(id + 1);
  });

  it('refuses to wait for what was removed, failed or cancelled, and says which', async () => {
    const store = await openTestStore();
    const removed = await add(store);
    await store.remove([removed], T0);
    const cancelled = await add(store);
    await store.cancel([cancelled], T0);
    const failed = await addRunning(store);
    await failForGood(store, failed);
    await expect(add(store, { dependsOn: [removed] })).rejects.toMatchObject({ code: 'TASK_UNKNOWN', message: expect.stringContaining(`task ${removed} `) });
    await expect(add(store, { dependsOn: [cancelled] })).rejects.toMatchObject({ code: 'TASK_STATE', message: expect.stringContaining(`Task ${cancelled} is cancelled`) });
    await expect(add(store, { dependsOn: [failed.task.id] })).rejects.toMatchObject({ code: 'TASK_STATE', message: expect.stringContaining(`Task ${failed.task.id} is failed`) });
  });
});

describe('claiming', () => {
  it('takes the highest priority first, then the longest wait, then the lower id, of one queue', async () => {
    const store = await openTestStore();
    await store.insertTasks([draft({ priority: 3 }), draft({ priority: 5 }), draft({ priority: 5 }), draft({ queue: 'speech', priority: 10 })], T0);
    await store.insertTasks([draft({ priority: 10 }), draft({ priority: 6 })], T0 + 2 * MINUTE_MS);
    const claimed = await store.claim({ queue: 'media', limit: 10, leaseOwner: OWNER, leaseUntil: T0 + MINUTE_MS, now: T0 });
    expect(claimed.map(({ task }) => task.id)).toEqual([5, 2, 3, 6, 1]);
  });

  it('marks the task running under a lease, counts the attempt and keeps its first start', async () => {
    const store = await openTestStore();
    const first = await addRunning(store);
    expect(first.task).toMatchObject({ status: 'running', attempt: 1, leaseOwner: OWNER, leaseUntil: T0 + MINUTE_MS, startedAt: T0 });
    await store.release({ ...endOf(first), reason: 'quit' });
    expect((await claim(store, T0 + 5000)).task).toMatchObject({ attempt: 2, startedAt: T0, updatedAt: T0 + 5000 });
  });

  it('gives nothing twice and nothing when nothing is pending', async () => {
    const store = await openTestStore();
    await store.insertTasks(Array.from({ length: 10 }, () => draft()), T0);
    const input = { queue: 'media', limit: 3, leaseOwner: OWNER, leaseUntil: T0, now: T0 } as const;
    const all = await Promise.all([store.claim(input), store.claim(input), store.claim(input), store.claim(input), store.claim(input)]);
    expect(all.map((claimed) => claimed.length)).toEqual([3, 3, 3, 1, 0]);
    expect(new Set(all.flat().map(({ task }) => task.id)).size).toBe(10);
  });

  it('lets work of more than an hour step back, and a raised priority step forward', async () => {
    const store = await openTestStore();
    const [long, short] = [await add(store), await add(store)];
    const estimate = { seconds: 7200, memoryBytes: 1, tempBytes: 2, mediaSeconds: 3 };
    expect(await store.saveEstimate(long, estimate, T0 + 1)).toMatchObject({ id: long, estimate });
    expect(await store.saveEstimate(99, estimate, T0)).toBeNull();
    expect((await claim(store)).task.id).toBe(short);
    const late = await add(store, { priority: 0 });
    await store.prioritise([late], 10, T0);
    await store.prioritise([long], 9, T0);
    expect((await claim(store)).task.id).toBe(late);
    expect((await claim(store)).task.id).toBe(long);
  });
});

describe('staging', () => {
  it('moves what has come due to pending and tells when the next comes due', async () => {
    const store = await openTestStore();
    await store.insertTasks([draft({ runAt: T0 + 300 }), draft({ runAt: T0 + 100 }), draft({ runAt: T0 + 200 })], T0);
    expect(await store.stage(T0 + 99)).toEqual({ staged: [], nextAt: T0 + 100 });
    expect(await store.stage(T0 + 200)).toEqual({ staged: [2, 3], nextAt: T0 + 300 });
    expect(await store.stage(T0 + 300)).toEqual({ staged: [1], nextAt: null });
    expect(await store.counts()).toMatchObject({ pending: 3, waiting: 0 });
  });

  it('brings a retrying task back when its backoff is over', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    const ended = await store.fail({ ...endOf(running), error: FAILURE, retryAt: T0 + 9000.4 });
    expect(ended?.task).toMatchObject({ status: 'retrying', failures: 1, lastError: FAILURE, error: null, runAt: T0 + 9001, leaseOwner: null });
    expect(await store.stage(T0 + 9000)).toEqual({ staged: [], nextAt: T0 + 9001 });
    expect(await store.stage(T0 + 9001)).toEqual({ staged: [running.task.id], nextAt: null });
    expect((await claim(store)).task).toMatchObject({ attempt: 2, failures: 1 });
  });

  it('works through a burst in portions, saying that there is more at once', async () => {
    const store = await openTestStore();
    await store.insertTasks(Array.from({ length: 1001 }, () => draft({ runAt: T0 + 1 })), T0);
    const first = await store.stage(T0 + 1);
    expect(first.nextAt).toBe(T0 + 1);
    const second = await store.stage(T0 + 1);
    expect(first.staged.length + second.staged.length).toBe(1001);
    expect(second.nextAt).toBeNull();
  });
});

describe('ends of attempts', () => {
  it('completes with outputs, full progress and the time added up, and clears what it took to get there', async () => {
    const store = await openTestStore();
    const first = await addRunning(store);
    await store.release({ ...endOf(first), durationMs: 1500.4, reason: 'quit' });
    const running = await claim(store);
    const { id, leaseOwner, attempt } = endOf(running);
    await store.savePlan({ id, leaseOwner, attempt, plan: { cuts: [1] }, partsTotal: 2, now: T0 });
    await store.saveProgress([{ id, leaseOwner, attempt, progress: 40, progressCurrent: 4, progressTotal: 10, message: 'encoding', leaseUntil: T0 + 9 }], T0 + 3);
    await store.saveIntent({ id, leaseOwner, attempt, outputs: [{ ...OUTPUT, tempPath: '/videos/.t' }], now: T0 });
    const done = await store.complete({ ...endOf(running), warnings: ['Software encoder.'], outputs: [OUTPUT], message: 'done', pace: 0.5 });
    expect(done).toEqual({ released: [] });
    expect(await get(store, id)).toMatchObject({
      status: 'completed', outputs: [OUTPUT], message: 'done', warnings: ['Software encoder.'], progress: 100, progressCurrent: 10, progressTotal: 10,
      durationMs: 3500, completedAt: T0 + 2000, leaseOwner: null, leaseUntil: null, checkpoint: null, error: null,
    });
    expect(await store.pace('mp4-h264')).toBe(0.5);
  });

  it('fails for good with its error when there is no retry', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    expect((await failForGood(store, running))?.task).toMatchObject({ status: 'failed', failures: 1, error: FAILURE, lastError: FAILURE, completedAt: T0 + 2000, durationMs: 2000, leaseOwner: null });
  });

  it('puts an interrupted task back as pending and spends no retry', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    expect((await store.release({ ...endOf(running), reason: 'quit' }))?.task).toMatchObject({ status: 'pending', failures: 0, workerLosses: 0, message: 'quit', attempt: 1, leaseOwner: null, leaseUntil: null });
  });

  it('gives a task whose worker died another try, and calls it poison the third time', async () => {
    const store = await openTestStore();
    const error = { code: 'WORKER_LOST', message: 'The worker died (SIGSEGV).', retryable: true } as const;
    await add(store);
    for (const losses of [1, 2]) {
      expect((await store.lose({ ...endOf(await claim(store)), error, poisonAfter: 3 }))?.task).toMatchObject({ status: 'pending', workerLosses: losses, failures: 0, lastError: error });
    }
    expect((await store.lose({ ...endOf(await claim(store)), error, poisonAfter: 3 }))?.task).toMatchObject({
      status: 'failed', workerLosses: 3, error: { code: 'POISON', message: expect.stringContaining('3 times'), details: error.message, retryable: false },
    });
  });

  it('remembers the median of the last twenty paces of a recipe', async () => {
    const store = await openTestStore();
    expect(await store.pace('mp4-h264')).toBeNull();
    await store.insertTasks(Array.from({ length: 23 }, () => draft()), T0);
    for (let pace = 1; pace <= 23; pace += 1) {
      await store.complete({ ...endOf(await claim(store)), outputs: [], message: '', pace: pace <= 3 ? 1000 : pace });
    }
    // 4 … 23 are kept: the three outliers are forgotten.
    expect(await store.pace('mp4-h264')).toBe(13.5);
    expect(await store.pace('mp3')).toBeNull();
  });
});

describe('rescue', () => {
  it('gives back what a gone engine held, as its user wished, and leaves alone what this one holds', async () => {
    const store = await openTestStore();
    const ids = [await add(store), await add(store), await add(store), await add(store), await add(store)];
    const [plain = 0, paused = 0, cancelled = 0, removed = 0, own = 0] = ids;
    await store.claim({ queue: 'media', limit: 4, leaseOwner: 'gone', leaseUntil: T0, now: T0 });
    await store.claim({ queue: 'media', limit: 1, leaseOwner: OWNER, leaseUntil: T0, now: T0 });
    await store.pause([paused], T0);
    await store.cancel([cancelled], T0);
    await store.remove([removed], T0);
    const rescued = await store.rescue({ leaseOwner: OWNER, now: T0 + 7 });
    expect(rescued.map(({ id, status, stopRequested, leaseOwner, failures, attempt }) => ({ id, status, stopRequested, leaseOwner, failures, attempt }))).toEqual([
      { id: plain, status: 'pending', stopRequested: null, leaseOwner: null, failures: 0, attempt: 1 },
      { id: paused, status: 'paused', stopRequested: null, leaseOwner: null, failures: 0, attempt: 1 },
      { id: cancelled, status: 'cancelled', stopRequested: null, leaseOwner: null, failures: 0, attempt: 1 },
      { id: removed, status: 'cancelled', stopRequested: null, leaseOwner: null, failures: 0, attempt: 1 },
    ]);
    expect((await get(store, removed)).deletedAt).toBe(T0 + 7);
    expect(await get(store, own)).toMatchObject({ status: 'running', leaseOwner: OWNER });
    expect((await claim(store)).task).toMatchObject({ id: plain, attempt: 2 });
  });
});

describe('fencing', () => {
  it('lets no attempt but the current one write anything', async () => {
    const store = await openTestStore();
    const old = await addRunning(store);
    await store.release({ ...endOf(old), reason: 'interrupted' });
    const current = await claim(store);
    await store.savePlan({ ...endOf(current), plan: 'current', partsTotal: 1, now: T0 });
    const before = await get(store, current.task.id);
    for (const stale of [endOf(old), { ...endOf(current), leaseOwner: 'somebody else' }, { ...endOf(current), id: 77 }]) {
      expect(await store.savePlan({ ...stale, plan: 'stale', partsTotal: 9 })).toBe(false);
      expect(await store.savePart({ ...stale, index: 0, part: 'stale' })).toBe(false);
      expect(await store.saveIntent({ ...stale, outputs: [] })).toBe(false);
      expect(await store.complete({ ...stale, outputs: [], message: 'stale', pace: 9 })).toBeNull();
      expect(await store.fail({ ...stale, error: FAILURE, retryAt: null })).toBeNull();
      expect(await store.fail({ ...stale, error: FAILURE, retryAt: T0 })).toBeNull();
      expect(await store.release({ ...stale, reason: 'stale' })).toBeNull();
      expect(await store.lose({ ...stale, error: FAILURE, poisonAfter: 1 })).toBeNull();
      await store.saveProgress([{ ...stale, progress: 99, progressCurrent: 1, progressTotal: 1, message: 'stale', leaseUntil: 1 }], T0);
    }
    expect(await get(store, current.task.id)).toEqual(before);
    expect(await store.pace('mp4-h264')).toBeNull();
    expect(await complete(store, current)).not.toBeNull();
  });

  it('lets nobody write once the attempt has ended', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    await complete(store, running);
    const before = await get(store, running.task.id);
    expect(await complete(store, running)).toBeNull();
    expect(await failForGood(store, running)).toBeNull();
    expect(await store.savePlan({ ...endOf(running), plan: 1, partsTotal: 1 })).toBe(false);
    expect(await get(store, running.task.id)).toEqual(before);
  });
});

describe('checkpoints', () => {
  it('gives the next attempt the plan, the parts in order and the intent', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    const fence = endOf(running);
    const intent = [{ ...OUTPUT, tempPath: '/videos/.tmp' }];
    expect(await store.savePlan({ ...fence, plan: { cuts: [0, 5, 9] }, partsTotal: 3 })).toBe(true);
    expect(await store.savePart({ ...fence, index: 2, part: { text: 'c' } })).toBe(true);
    expect(await store.savePart({ ...fence, index: 0, part: null })).toBe(true);
    expect(await store.saveIntent({ ...fence, outputs: intent })).toBe(true);
    await store.release({ ...fence, reason: 'quit' });
    const next = await claim(store);
    expect(next).toMatchObject({ plan: { cuts: [0, 5, 9] }, parts: [{ index: 0, part: null }, { index: 2, part: { text: 'c' } }], intent });
    expect(next.task.checkpoint).toEqual({ partsDone: 2, partsTotal: 3 });
  });

  it('replaces a plan with its parts, a repeated part with itself, and forgets a withdrawn intent', async () => {
    const store = await openTestStore();
    const fence = endOf(await addRunning(store));
    await store.savePlan({ ...fence, plan: 'old', partsTotal: 9 });
    await store.savePart({ ...fence, index: 0, part: 'old' });
    await store.savePlan({ ...fence, plan: 'new', partsTotal: 2 });
    await store.savePart({ ...fence, index: 1, part: 'first' });
    await store.savePart({ ...fence, index: 1, part: 'again' });
    await store.saveIntent({ ...fence, outputs: [{ ...OUTPUT, tempPath: '/t' }] });
    await store.saveIntent({ ...fence, outputs: null });
    await store.release({ ...fence, reason: 'quit' });
    expect(await claim(store)).toMatchObject({ plan: 'new', parts: [{ index: 1, part: 'again' }], intent: null });
  });

  it('refuses a part without a plan', async () => {
    const store = await openTestStore();
    const fence = endOf(await addRunning(store));
    await expect(store.savePart({ ...fence, index: 0, part: 'x' })).rejects.toMatchObject({ code: 'STORE_FAILED' });
  });

  it('keeps them through a cancel and a retry, and drops them with a removal', async () => {
    const store = await openTestStore();
    const running = await addRunning(store);
    const fence = endOf(running);
    const { id } = fence;
    await store.savePlan({ ...fence, plan: 'plan', partsTotal: 4 });
    await store.savePart({ ...fence, index: 0, part: 'a' });
    await store.saveProgress([{ ...fence, progress: 25, progressCurrent: 1, progressTotal: 4, message: 'encoding', leaseUntil: T0 }], T0);
    await store.cancel([id], T0);
    expect((await store.release({ ...fence, reason: 'cancel' }))?.task).toMatchObject({ status: 'cancelled', checkpoint: { partsDone: 1, partsTotal: 4 } });
    expect(await store.settledAmong([id])).toEqual([]);
    await store.retry([id], T0);
    expect(await get(store, id)).toMatchObject({ status: 'pending', progress: 25, progressCurrent: 1 });
    expect(await claim(store)).toMatchObject({ plan: 'plan', parts: [{ index: 0, part: 'a' }] });
    await store.remove([id], T0);
    expect((await store.release({ ...endOf({ task: await get(store, id) }), reason: 'remove' }))?.task).toMatchObject({ status: 'cancelled', checkpoint: null, deletedAt: T0 + 2000 });
    expect(await store.settledAmong([id])).toEqual([id]);
  });
});
