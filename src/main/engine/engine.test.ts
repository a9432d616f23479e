import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { is, openTestEngine, outputText, type TestEngine } from './test-engine.ts';

let test: TestEngine;

beforeEach(async () => {
  test = await openTestEngine();
});

describe('an attempt that goes well', () => {
  it('is completed with its output published, and leaves nothing temporary', async () => {
    const id = await test.add('a', { parts: 3 });
    const task = await test.until(id, is('completed'));
    expect(task).toMatchObject({ progress: 100, attempt: 1, failures: 0, error: null, completedAt: test.clock.now() });
    expect(await outputText(task)).toBe('1,1,1');
    expect(await readdir(join(test.dir, 'out'))).toEqual(['made.txt']);
    await expect.poll(() => readdir(join(test.dir, 'data', 'work'))).toEqual([]);
  });

  it('is told of as it changes, and idle comes last', async () => {
    const id = await test.add('a', { parts: 2 });
    await test.until(id, is('completed'));
    await expect.poll(() => test.events.at(-1)).toEqual({ kind: 'idle' });
    const told = test.events.flatMap((event) => (event.kind === 'task' && event.task.id === id ? [event.task.status] : []));
    expect(told.at(-1)).toBe('completed');
    // Each is the task as it was when it was read: steps that follow at once are told as one, and none comes after a later one.
    const order = ['pending', 'running', 'completed'];
    expect(told).toEqual([...told].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    expect(told).toContain('running');
  });

  it('keeps a log that names the attempt and the output', async () => {
    const id = await test.add('a', {});
    await test.until(id, is('completed'));
    const { lines } = await test.engine.api.getLog({ id });
    expect(lines.join('\n')).toMatch(/attempt 1 starts[\s\S]*attempt 1 ended: completed, .*made\.txt/);
  });
});

describe('an attempt that fails', () => {
  it('waits for its backoff and goes on from its checkpoint', async () => {
    const id = await test.add('a', { parts: 3, endAfterParts: 2, endings: { 1: 'fail' } });
    const retrying = await test.until(id, is('retrying'));
    expect(retrying).toMatchObject({ failures: 1, runAt: test.clock.now() + 2_000, lastError: { code: 'TOOL_FAILED' }, error: null, checkpoint: { partsDone: 2, partsTotal: 3 } });
    test.clock.advance(1_000);
    expect(await test.engine.api.getTask({ id })).toMatchObject({ status: 'retrying' });
    test.clock.advance(1_000);
    expect(await outputText(await test.until(id, is('completed')))).toBe('1,1,2');
  });

  it('becomes a dead letter when its retries are spent, and a retry by hand starts with fresh ones', async () => {
    const id = await test.add('a', { parts: 2, endings: { 1: 'fail', 2: 'fail', 3: 'fail', 4: 'fail' }, endAfterParts: 0 });
    expect(await test.until(id, is('failed'), 5_000)).toMatchObject({ failures: 4, attempt: 4, error: { code: 'TOOL_FAILED' } });
    await test.engine.api.retryTasks({ ids: [id] });
    expect(await test.until(id, is('completed'))).toMatchObject({ attempt: 5, failures: 0, error: null });
  });

  it('for good is not tried again, and takes the tasks behind it along', async () => {
    const first = await test.add('a', { endings: { 1: 'fail for good' } });
    const second = await test.add('b', {}, { dependsOn: [first] });
    const third = await test.add('c', {}, { dependsOn: [second] });
    expect(await test.until(first, is('failed'))).toMatchObject({ attempt: 1, error: { code: 'INPUT_DAMAGED' } });
    for (const id of [second, third]) expect(await test.until(id, is('failed'))).toMatchObject({ error: { code: 'DEPENDENCY_FAILED' } });
  });

  it('on a full disk is tried again for as long as it takes, without spending retries', async () => {
    const id = await test.add('a', { endings: { 1: 'disk full', 2: 'disk full', 3: 'disk full', 4: 'disk full', 5: 'disk full' } });
    expect(await test.until(id, is('completed'), 5_000)).toMatchObject({ attempt: 6, lastError: { code: 'DISK_FULL' } });
  });
});

describe('a worker that dies', () => {
  it('costs one part, and no retry', async () => {
    const id = await test.add('a', { parts: 3, endAfterParts: 2, endings: { 1: 'crash' } });
    const task = await test.until(id, is('completed'));
    expect(task).toMatchObject({ attempt: 2, failures: 0, workerLosses: 1 });
    expect(await outputText(task)).toBe('1,1,2');
  });

  it('three times under the same task makes it a dead letter', async () => {
    const id = await test.add('a', { parts: 9, endings: { 1: 'crash', 2: 'crash', 3: 'crash' } });
    expect(await test.until(id, is('failed'))).toMatchObject({ attempt: 3, workerLosses: 3, error: { code: 'POISON' } });
  });

  it('is given up when it is not heard of within its lease', async () => {
    const id = await test.add('a', { parts: 2, endings: { 1: 'freeze' } });
    await test.until(id, (task) => task.checkpoint?.partsDone === 1);
    for (let passedMs = 0; passedMs < 90_000; passedMs += 5_000) test.clock.advance(5_000);
    const task = await test.until(id, is('completed'));
    expect(task).toMatchObject({ attempt: 2, workerLosses: 1 });
    expect(await outputText(task)).toBe('1,2');
  });

  it('is not given up because this process itself stood still', async () => {
    const id = await test.add('a', { parts: 2, endings: { 1: 'wait' } });
    await test.until(id, (task) => task.checkpoint?.partsDone === 1);
    // One late look after an hour of sleep, then usual ones.
    test.clock.advance(0);
    const late = test.clock.monotonicMs() + 3_600_000;
    test.clock.monotonicMs = () => Math.max(late, test.clock.now());
    test.clock.advance(5_000);
    await test.letGoOn();
    expect(await test.until(id, is('completed'))).toMatchObject({ attempt: 1, workerLosses: 0 });
  });
});

describe('what a user asks of a running task', () => {
  it('pause stops it with its checkpoint, resume goes on from there', async () => {
    const id = await test.add('a', { parts: 6, endAfterParts: 2, endings: { 1: 'wait' } });
    await test.until(id, (task) => task.checkpoint?.partsDone === 2);
    await test.engine.api.pauseTasks({ ids: [id] });
    const paused = await test.until(id, is('paused'));
    expect(paused).toMatchObject({ failures: 0, stopRequested: null });
    await test.engine.api.resumeTasks({ ids: [id] });
    const task = await test.until(id, is('completed'));
    expect((await outputText(task)).startsWith('1,1')).toBe(true);
    expect((await outputText(task)).endsWith('2,2')).toBe(true);
  });

  it('cancel stops it, a retry goes on from its checkpoint, remove takes it off the list', async () => {
    const id = await test.add('a', { parts: 4, endings: { 1: 'wait', 2: 'wait' } });
    await test.until(id, (task) => task.checkpoint?.partsDone === 1);
    await test.engine.api.cancelTasks({ ids: [id] });
    await test.until(id, is('cancelled'));
    expect(await readdir(join(test.dir, 'out'))).toEqual([]);
    await test.engine.api.retryTasks({ ids: [id] });
    await test.until(id, is('running'));
    await test.engine.api.removeTasks({ ids: [id] });
    await test.until(id, (task) => task.deletedAt !== null);
    expect(await test.engine.api.listTasks({})).toMatchObject({ total: 0 });
  });

  it('a worker that does not stop when asked is ended', async () => {
    const id = await test.add('a', { parts: 2, endings: { 1: 'hang' } });
    await test.until(id, (task) => task.checkpoint?.partsDone === 1);
    await test.engine.api.cancelTasks({ ids: [id] });
    test.clock.advance(10_000);
    await test.until(id, is('cancelled'));
  });

  it('asking twice is no mistake, asking the impossible is one', async () => {
    const id = await test.add('a', {}, { runAt: test.clock.now() + 60_000 });
    await test.engine.api.pauseTasks({ ids: [id] });
    await test.engine.api.pauseTasks({ ids: [id] });
    await test.engine.api.cancelTasks({ ids: [id] });
    await expect(test.engine.api.pauseTasks({ ids: [id] })).rejects.toMatchObject({ code: 'TASK_STATE' });
    await expect(test.engine.api.pauseTasks({ ids: [999] })).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
  });
});

describe('the history of a task', () => {
  it('tells how each attempt ended', async () => {
    const id = await test.add('a', { parts: 3, partMs: 50, endAfterParts: 1, endings: { 1: 'crash', 2: 'fail' } });
    await test.until(id, is('completed'), 5_000);
    const { attempts } = await test.engine.api.getAttempts({ id });
    expect(attempts.map(({ attempt, outcome, error }) => [attempt, outcome, error?.code])).toEqual([[3, 'completed', undefined], [2, 'failed', 'TOOL_FAILED'], [1, 'lost', 'WORKER_LOST']]);
    await expect(test.engine.api.getAttempts({ id: 999 })).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
  });
});

describe('order', () => {
  it('is what a person makes of it by moving tasks', async () => {
    const blocker = await test.add('blocker', { parts: 1, partMs: 60_000 });
    await test.until(blocker, is('running'));
    const [first, second, third] = [await test.add('1', {}), await test.add('2', {}), await test.add('3', {}, { priority: 3 })];
    await test.engine.api.moveTasks({ ids: [third], before: first });
    await test.engine.api.moveTasks({ ids: [first], before: null });
    await expect(test.engine.api.moveTasks({ ids: [blocker], before: first })).rejects.toMatchObject({ code: 'TASK_STATE' });
    await test.engine.api.cancelTasks({ ids: [blocker] });
    await test.until(first, is('completed'));
    const started = test.events.flatMap((event) => (event.kind === 'task' && event.task.status === 'running' ? [event.task.id] : []));
    expect([...new Set(started)]).toEqual([blocker, third, second, first]);
  });

  it('a queue takes the highest priority first, then the oldest; queues do not wait for each other', async () => {
    const blocker = await test.add('blocker', { parts: 1, partMs: 60_000 });
    await test.until(blocker, is('running'));
    const [low, high, normal] = [await test.add('low', {}, { priority: 3 }), await test.add('high', {}, { priority: 10 }), await test.add('normal', {})];
    const other = await test.add('other', {}, { recipe: 'speech' });
    await test.until(other, is('completed'));
    expect(await test.engine.api.getTask({ id: blocker })).toMatchObject({ status: 'running' });
    await test.engine.api.cancelTasks({ ids: [blocker] });
    await test.until(low, is('completed'));
    const started = test.events.flatMap((event) => (event.kind === 'task' && event.task.status === 'running' ? [event.task.id] : [])).filter((id) => id !== other);
    expect([...new Set(started)]).toEqual([blocker, high, normal, low]);
  });

  it('a task waits for its time and for the tasks before it', async () => {
    const first = await test.add('first', { parts: 2, endings: { 1: 'wait' } });
    const second = await test.add('second', {}, { dependsOn: [first] });
    const later = await test.add('later', {}, { runAt: test.clock.now() + 60_000 });
    expect(await test.engine.api.getTask({ id: second })).toMatchObject({ status: 'waiting' });
    await test.letGoOn();
    await test.until(second, is('completed'));
    expect(await test.engine.api.getTask({ id: later })).toMatchObject({ status: 'waiting' });
    test.clock.advance(60_000);
    await test.until(later, is('completed'));
  });
});

it('a task whose last dependency ends before its time begins when that comes, though nothing else happens', async () => {
  const first = await test.add('first', { parts: 2, endings: { 1: 'wait' } });
  const timed = await test.add('timed', {}, { dependsOn: [first], runAt: test.clock.now() + 60_000 });
  const after = await test.add('after', { endings: { 1: 'fail for good' } }, { priority: 3 });
  const { tasks: [settled] } = await test.engine.api.addTasks({ tasks: [{ input: join(test.dir, 'in', 'timed'), recipe: 'picture', outputDir: join(test.dir, 'out'), dependsOn: [after], dependencyMode: 'settled', runAt: test.clock.now() + 120_000 }] });
  await test.letGoOn();
  await test.until(after, is('failed'));
  for (const id of [timed, settled?.id ?? 0]) {
    expect(await test.engine.api.getTask({ id })).toMatchObject({ status: 'waiting' });
    test.clock.advance(60_000);
    await test.until(id, is('completed'));
  }
});

describe('an engine that is told what to work on', () => {
  it('does that and what it depends on, and leaves the rest of the queue alone', async () => {
    await test.restart({ isSelective: true });
    const other = await test.add('other', {}, { priority: 10 });
    const first = await test.add('first', {});
    const second = await test.add('second', {}, { dependsOn: [first] });
    await test.engine.workOn([second]);
    await test.until(second, is('completed'));
    expect(await test.engine.api.getTask({ id: other })).toMatchObject({ status: 'pending' });
  });

  it('begins at once, also while it is still asking the store what there is', async () => {
    await test.restart({ isSelective: true });
    const id = await test.add('a', {});
    await test.engine.workOn([id]);
    await test.until(id, is('completed'));
  });
});

describe('an engine that ends', () => {
  it('interrupts what runs; the next one goes on from the checkpoint, without a retry spent', async () => {
    const id = await test.add('a', { parts: 4, endAfterParts: 2, endings: { 1: 'wait' } });
    await test.until(id, (task) => task.checkpoint?.partsDone === 2);
    await test.restart({ isWorking: false });
    expect(await test.engine.api.getTask({ id })).toMatchObject({ status: 'pending', failures: 0, attempt: 1 });
    await test.restart();
    const task = await test.until(id, is('completed'));
    expect(task).toMatchObject({ attempt: 2, failures: 0, workerLosses: 0 });
    expect((await outputText(task)).startsWith('1,1')).toBe(true);
  });

  it('right after work came in leaves none of it running', async () => {
    const id = await test.add('a', { parts: 4, endings: { 1: 'wait' } });
    await test.restart({ isWorking: false });
    expect(await test.engine.api.getTask({ id })).toMatchObject({ status: 'pending', failures: 0 });
  });

  it('a second engine on the same folder is refused while the first lives', async () => {
    await expect(test.open()).rejects.toMatchObject({ code: 'STORE_OWNED' });
    expect((await test.engine.api.getStatus({})).isIdle).toBe(true);
  });

  it('without work it takes tasks, and runs none', async () => {
    await test.restart({ isWorking: false });
    const id = await test.add('a', {});
    expect(await test.engine.api.getTask({ id })).toMatchObject({ status: 'pending' });
    expect(await test.engine.api.getStatus({})).toMatchObject({ isRunning: false, isIdle: false });
    await test.restart();
    await test.until(id, is('completed'));
  });
});

describe('what is refused when a task is added', () => {
  it.each([
    ['an unknown recipe', { recipe: 'pictur' }, 'RECIPE_UNKNOWN', 'picture'],
    ['an unknown option', { recipe: 'picture', set: { widht: 5 } }, 'OPTION_INVALID', 'width'],
    ['a value out of range', { recipe: 'picture', set: { width: 'wide' } }, 'OPTION_INVALID', 'width'],
    ['a word that is not one of the choices', { recipe: 'picture', set: { format: 'gif' } }, 'OPTION_INVALID', 'png'],
  ])('%s, with what would be right', async (_what, task, code, hint) => {
    const adding = test.engine.api.addTasks({ tasks: [{ input: join(test.dir, 'in', 'a'), ...task }] });
    await expect(adding).rejects.toMatchObject({ code, message: expect.stringContaining(hint) });
    expect(await test.engine.api.listTasks({})).toMatchObject({ total: 0 });
  });

  it('text becomes what the option takes', async () => {
    const { tasks } = await test.engine.api.addTasks({ tasks: [{ input: join(test.dir, 'in', 'a'), recipe: 'speech', set: { formats: 'srt,txt', wordTimestamps: 'true', audioTrack: '1', language: 'de' }, runAt: test.clock.now() + 1_000_000 }] });
    expect((await test.engine.api.getTask({ id: tasks[0]?.id ?? 0 })).options).toMatchObject({ formats: ['srt', 'txt'], wordTimestamps: true, audioTrack: 1, language: 'de', model: 'auto' });
  });
});
