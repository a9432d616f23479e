import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MethodInput } from '../../shared/contract.ts';
import type { QueueName, TaskId } from '../../shared/task.ts';
import { is, openTestEngine, outputText, type TestEngine } from './test-engine.ts';
import type { Script } from './test-worker.ts';

type More = Partial<MethodInput<'addTasks'>['tasks'][number]>;

async function add({ dir, engine }: TestEngine, name: string, script: Script = {}, more: More = {}): Promise<TaskId> {
  const input = join(dir, 'in', name);
  await writeFile(input, JSON.stringify(script));
  const { tasks } = await engine.api.addTasks({ tasks: [{ input, recipe: 'picture', outputDir: join(dir, 'out'), ...more }] });
  return tasks[0]?.id ?? 0;
}

const queueOf = async ({ engine }: TestEngine, name: QueueName = 'media') => (await engine.api.listQueues({})).queues.find((queue) => queue.name === name);
const waitsOf = async (test: TestEngine, name: QueueName = 'media') => (await queueOf(test, name))?.waitsFor;
const statusOf = async ({ engine }: TestEngine, id: TaskId) => (await engine.api.getTask({ id })).status;
/** Lets everything that a change of the clock has set off come to its end: an answered question is behind it in the store's line. */
async function settled({ engine }: TestEngine): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await engine.api.getStatus({});
}

describe('a queue that is paused', () => {
  it('interrupts its own work, begins nothing, and leaves the other queues alone', async () => {
    const test = await openTestEngine();
    const id = await add(test, 'a', { parts: 6, endAfterParts: 2, endings: { 1: 'wait' } });
    await test.until(id, (task) => task.checkpoint?.partsDone === 2);
    await test.engine.api.pauseQueue({ name: 'media' });
    expect(await test.until(id, is('pending'))).toMatchObject({ attempt: 1, failures: 0, workerLosses: 0 });
    expect(await waitsOf(test)).toEqual([{ reason: 'paused', until: null }]);
    expect(await waitsOf(test, 'speech')).toEqual([]);
    await test.until(await add(test, 'b', {}, { recipe: 'speech' }), is('completed'));
    expect(await statusOf(test, id)).toBe('pending');
    await test.engine.api.resumeQueue({ name: 'media' });
    expect((await outputText(await test.until(id, is('completed')))).startsWith('1,1')).toBe(true);
    expect(test.events.filter(({ kind }) => kind === 'settings').length).toBeGreaterThanOrEqual(2);
  });

  it('after the current task lets that come to its end', async () => {
    const test = await openTestEngine();
    const id = await add(test, 'a', { parts: 3, endings: { 1: 'wait' } });
    const next = await add(test, 'b');
    await test.until(id, is('running'));
    await test.engine.api.pauseQueue({ name: 'media', mode: 'afterCurrent' });
    await test.letGoOn();
    expect(await test.until(id, is('completed'))).toMatchObject({ attempt: 1 });
    await settled(test);
    expect(await test.engine.api.getTask({ id: next })).toMatchObject({ status: 'pending', attempt: 0 });
  });

  it('is paused after a restart too', async () => {
    const test = await openTestEngine();
    await test.engine.api.pauseQueue({ name: 'media' });
    const id = await add(test, 'a');
    await test.restart();
    await settled(test);
    expect([await statusOf(test, id), (await queueOf(test))?.pause]).toEqual(['pending', 'now']);
    await test.engine.api.resumeQueue({ name: 'media' });
    await test.until(id, is('completed'));
  });
});

/** Hours that begin in so many minutes by the clock on the wall, and last as many. */
function hoursIn(test: TestEngine, fromMinutes: number, lastMinutes: number): { from: string; to: string } {
  const timeAt = (minutes: number): string => {
    const date = new Date(test.clock.now() + minutes * 60_000);
    return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
  };
  return { from: timeAt(fromMinutes), to: timeAt(fromMinutes + lastMinutes) };
}

/** Lets minutes pass, and what they set off. */
async function pass(test: TestEngine, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 1) test.clock.advance(60_000);
  await settled(test);
}

describe('a queue with hours', () => {
  it('begins work when they begin and says until when it waits', async () => {
    const test = await openTestEngine();
    await test.engine.api.setQueue({ name: 'media', hours: hoursIn(test, 10, 60) });
    const id = await add(test, 'a');
    await pass(test, 9);
    expect(await statusOf(test, id)).toBe('pending');
    expect(await waitsOf(test)).toEqual([{ reason: 'hours', until: test.clock.now() + 60_000 }]);
    await pass(test, 1);
    await test.until(id, is('completed'));
    expect(await waitsOf(test)).toEqual([]);
  });

  it('lets what runs go on when they end, and begins nothing more', async () => {
    const test = await openTestEngine();
    await test.engine.api.setQueue({ name: 'media', hours: hoursIn(test, 0, 1) });
    const id = await add(test, 'a', { parts: 3, endings: { 1: 'wait' } });
    await test.until(id, (task) => task.checkpoint?.partsDone === 1);
    test.clock.advance(60_000);
    const next = await add(test, 'b');
    expect(await waitsOf(test)).toMatchObject([{ reason: 'hours' }]);
    await test.letGoOn();
    expect(await test.until(id, is('completed'))).toMatchObject({ attempt: 1, workerLosses: 0 });
    await settled(test);
    expect(await test.engine.api.getTask({ id: next })).toMatchObject({ status: 'pending', attempt: 0 });
  });

  it('interrupts what runs when they end, where it is set so, and goes on from its checkpoint the next time', async () => {
    const test = await openTestEngine();
    await test.engine.api.setQueue({ name: 'media', hours: hoursIn(test, 0, 1), atClose: 'interrupt' });
    const id = await add(test, 'a', { parts: 2, endings: { 1: 'wait' } });
    await test.until(id, (task) => task.checkpoint?.partsDone === 1);
    test.clock.advance(60_000);
    expect(await test.until(id, is('pending'))).toMatchObject({ failures: 0, workerLosses: 0, checkpoint: { partsDone: 1 } });
    await pass(test, 24 * 60 - 2);
    expect(await test.engine.api.getTask({ id })).toMatchObject({ status: 'pending', attempt: 1 });
    await pass(test, 1);
    expect(await outputText(await test.until(id, is('completed')))).toBe('1,2');
  });

  it('does not wake anybody up but for its boundaries, and every five minutes', async () => {
    const test = await openTestEngine();
    await settled(test);
    let rung = 0;
    const { after } = test.clock;
    test.clock.after = (delayMs, callback) => after.call(test.clock, delayMs, () => { rung += 1; callback(); });
    await test.engine.api.setQueue({ name: 'media', hours: hoursIn(test, 60, 10) });
    await pass(test, 60);
    expect(rung).toBeGreaterThanOrEqual(12);
    expect(rung).toBeLessThanOrEqual(14);
  });
});

describe('rates', () => {
  it('begin so many tasks of a queue in so many seconds, and wake it up when the next may begin', async () => {
    const test = await openTestEngine();
    await test.engine.api.setQueue({ name: 'media', rate: { count: 2, seconds: 60 } });
    const ids = [await add(test, 'a'), await add(test, 'b'), await add(test, 'c')];
    await test.until(ids[1] ?? 0, is('completed'));
    await settled(test);
    expect(await test.engine.api.getTask({ id: ids[2] ?? 0 })).toMatchObject({ status: 'pending', attempt: 0 });
    expect(await waitsOf(test)).toEqual([{ reason: 'rate', until: test.clock.now() + 30_000 }]);
    test.clock.advance(29_999);
    await settled(test);
    expect(await statusOf(test, ids[2] ?? 0)).toBe('pending');
    test.clock.advance(1);
    await test.until(ids[2] ?? 0, is('completed'));
    await settled(test);
    expect(await waitsOf(test)).toEqual([]);
  });

  it('of a key hold back its tasks and nobody behind them, also after a restart', async () => {
    const test = await openTestEngine();
    await test.engine.api.setRateLimit({ key: 'shop', rate: { count: 1, seconds: 3_600 } });
    const first = await add(test, 'a', {}, { rateKey: 'shop' });
    await test.until(first, is('completed'));
    const second = await add(test, 'b', {}, { rateKey: 'shop', priority: 10 });
    await test.restart();
    await test.until(await add(test, 'c'), is('completed'));
    expect(await statusOf(test, second)).toBe('pending');
    expect((await test.engine.api.listRateLimits({})).limits).toEqual([{ key: 'shop', rate: { count: 1, seconds: 3_600 } }]);
    await test.engine.api.setRateLimit({ key: 'shop', rate: null });
    await test.until(second, is('completed'));
  });
});

describe('routes', () => {
  it('send a type\'s new tasks to another queue, and leave those that were accepted where they are', async () => {
    const test = await openTestEngine();
    await test.engine.api.pauseQueue({ name: 'media' });
    const before = await add(test, 'a');
    await test.engine.api.setSetting({ name: 'route.video_thumbnail', value: 'speech' });
    expect(await test.until(await add(test, 'b'), is('completed'))).toMatchObject({ queue: 'speech' });
    expect(await test.engine.api.getTask({ id: before })).toMatchObject({ queue: 'media', status: 'pending' });
    await expect(test.engine.api.setSetting({ name: 'route.video_thumbnail', value: 'nowhere' })).rejects.toThrow();
  });
});
