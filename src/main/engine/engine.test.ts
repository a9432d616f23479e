import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../shared/contract.ts';
import type { Task } from '../../shared/task.ts';
import { createEngine, type Engine } from './engine.ts';
import { ManualClock } from './test-clock.ts';
import type { Script } from './test-worker.ts';

let dir: string;
let clock: ManualClock;
let engine: Engine;
let events: EngineEvent[];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'longhaul-engine-'));
  for (const name of ['code', 'recipes', 'data', 'in', 'out']) await mkdir(join(dir, name));
  await writeFile(join(dir, 'code', 'worker.js'), `import ${JSON.stringify(join(import.meta.dirname, 'test-worker.ts'))};`);
  await writeFile(join(dir, 'code', 'store-thread.js'), `import ${JSON.stringify(join(import.meta.dirname, 'store', 'thread.ts'))};`);
  await writeFile(join(dir, 'code', 'package.json'), '{"type":"module"}');
  for (const [name, type] of [['picture', 'video_thumbnail'], ['speech', 'transcribe']]) {
    await writeFile(join(dir, 'recipes', `${name}.json`), JSON.stringify({ name, type, description: 'For tests.', options: {} }));
  }
  clock = new ManualClock();
  await start();
});

afterEach(async () => {
  await engine.close();
  await rm(dir, { recursive: true, force: true });
});

async function start(isWorking = true, isSelective = false) {
  const tools = { ffmpegPath: '/none', ffprobePath: '/none', whisperCliPath: null, bundledModelsDir: '/none', modelsDir: '/none' };
  engine = await createEngine({ dataDir: join(dir, 'data'), codeDir: join(dir, 'code'), recipesDir: join(dir, 'recipes'), work: isWorking ? { tools, isSelective } : null, clock, random: () => 1 });
  events = [];
  engine.on((event) => events.push(event));
}

async function add(name: string, script: Script, more: { recipe?: string; dependsOn?: number[]; runAt?: number; priority?: number } = {}): Promise<number> {
  const input = join(dir, 'in', name);
  await writeFile(input, JSON.stringify(script));
  const { tasks } = await engine.api.addTasks({ tasks: [{ input, recipe: 'picture', outputDir: join(dir, 'out'), ...more }] });
  return tasks[0]?.id ?? 0;
}

/** Polls until the task is as wanted, letting backoffTickMs pass between two looks while it waits for a retry. A task that never gets there fails the test with what it is. */
async function until(id: number, isSo: (task: Task) => boolean, backoffTickMs = 0): Promise<Task> {
  let task: Task | undefined;
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await wait(10)) {
    task = await engine.api.getTask({ id });
    if (isSo(task)) return task;
    if (task.status === 'retrying') clock.advance(backoffTickMs);
  }
  throw new Error(`task ${id} is ${JSON.stringify(task)}`);
}

const is = (...statuses: Task['status'][]) => (task: Task) => statuses.includes(task.status);
const outputText = (task: Task) => readFile(String(task.outputs[0]?.path), 'utf8');

describe('an attempt that goes well', () => {
  it('is completed with its output published, and leaves nothing temporary', async () => {
    const id = await add('a', { parts: 3 });
    const task = await until(id, is('completed'));
    expect(task).toMatchObject({ progress: 100, attempt: 1, failures: 0, error: null, completedAt: clock.now() });
    expect(await outputText(task)).toBe('1,1,1');
    expect(await readdir(join(dir, 'out'))).toEqual(['made.txt']);
    await expect.poll(() => readdir(join(dir, 'data', 'work'))).toEqual([]);
  });

  it('is told of as it changes, and idle comes last', async () => {
    const id = await add('a', { parts: 2 });
    await until(id, is('completed'));
    await expect.poll(() => events.at(-1)).toEqual({ kind: 'idle' });
    const told = events.flatMap((event) => (event.kind === 'task' && event.task.id === id ? [event.task.status] : []));
    expect(told.at(-1)).toBe('completed');
    // Each is the task as it was when it was read: steps that follow at once are told as one, and none comes after a later one.
    const order = ['pending', 'running', 'completed'];
    expect(told).toEqual([...told].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    expect(told).toContain('running');
  });

  it('keeps a log that names the attempt and the output', async () => {
    const id = await add('a', {});
    await until(id, is('completed'));
    const { lines } = await engine.api.getLog({ id });
    expect(lines.join('\n')).toMatch(/attempt 1 starts[\s\S]*attempt 1 ended: completed, .*made\.txt/);
  });
});

describe('an attempt that fails', () => {
  it('waits for its backoff and goes on from its checkpoint', async () => {
    const id = await add('a', { parts: 3, endAfterParts: 2, endings: { 1: 'fail' } });
    const retrying = await until(id, is('retrying'));
    expect(retrying).toMatchObject({ failures: 1, runAt: clock.now() + 5_000, lastError: { code: 'TOOL_FAILED' }, error: null, checkpoint: { partsDone: 2, partsTotal: 3 } });
    clock.advance(4_000);
    expect(await engine.api.getTask({ id })).toMatchObject({ status: 'retrying' });
    clock.advance(1_000);
    expect(await outputText(await until(id, is('completed')))).toBe('1,1,2');
  });

  it('becomes a dead letter when its retries are spent, and a retry by hand starts with fresh ones', async () => {
    const id = await add('a', { parts: 2, endings: { 1: 'fail', 2: 'fail', 3: 'fail', 4: 'fail' }, endAfterParts: 0 });
    expect(await until(id, is('failed'), 5_000)).toMatchObject({ failures: 4, attempt: 4, error: { code: 'TOOL_FAILED' } });
    await engine.api.retryTasks({ ids: [id] });
    expect(await until(id, is('completed'))).toMatchObject({ attempt: 5, failures: 0, error: null });
  });

  it('for good is not tried again, and takes the tasks behind it along', async () => {
    const first = await add('a', { endings: { 1: 'fail for good' } });
    const second = await add('b', {}, { dependsOn: [first] });
    const third = await add('c', {}, { dependsOn: [second] });
    expect(await until(first, is('failed'))).toMatchObject({ attempt: 1, error: { code: 'INPUT_DAMAGED' } });
    for (const id of [second, third]) expect(await until(id, is('failed'))).toMatchObject({ error: { code: 'DEPENDENCY_FAILED' } });
  });

  it('on a full disk is tried again for as long as it takes, without spending retries', async () => {
    const id = await add('a', { endings: { 1: 'disk full', 2: 'disk full', 3: 'disk full', 4: 'disk full', 5: 'disk full' } });
    expect(await until(id, is('completed'), 5_000)).toMatchObject({ attempt: 6, lastError: { code: 'DISK_FULL' } });
  });
});

describe('a worker that dies', () => {
  it('costs one part, and no retry', async () => {
    const id = await add('a', { parts: 3, endAfterParts: 2, endings: { 1: 'crash' } });
    const task = await until(id, is('completed'));
    expect(task).toMatchObject({ attempt: 2, failures: 0, workerLosses: 1 });
    expect(await outputText(task)).toBe('1,1,2');
  });

  it('three times under the same task makes it a dead letter', async () => {
    const id = await add('a', { parts: 9, endings: { 1: 'crash', 2: 'crash', 3: 'crash' } });
    expect(await until(id, is('failed'))).toMatchObject({ attempt: 3, workerLosses: 3, error: { code: 'POISON' } });
  });

  it('is given up when it is not heard of within its lease', async () => {
    const id = await add('a', { parts: 2, endings: { 1: 'freeze' } });
    await until(id, (task) => task.checkpoint?.partsDone === 1);
    for (let passedMs = 0; passedMs < 90_000; passedMs += 5_000) clock.advance(5_000);
    const task = await until(id, is('completed'));
    expect(task).toMatchObject({ attempt: 2, workerLosses: 1 });
    expect(await outputText(task)).toBe('1,2');
  });

  it('is not given up because this process itself stood still', async () => {
    const id = await add('a', { parts: 2, partMs: 300 });
    await until(id, is('running'));
    // One late look after an hour of sleep, then usual ones.
    clock.advance(0);
    const late = clock.monotonicMs() + 3_600_000;
    clock.monotonicMs = () => Math.max(late, clock.now());
    clock.advance(5_000);
    expect(await until(id, is('completed'))).toMatchObject({ attempt: 1, workerLosses: 0 });
  });
});

describe('what a user asks of a running task', () => {
  it('pause stops it with its checkpoint, resume goes on from there', async () => {
    const id = await add('a', { parts: 6, partMs: 100 });
    await until(id, (task) => task.checkpoint?.partsDone === 2);
    await engine.api.pauseTasks({ ids: [id] });
    const paused = await until(id, is('paused'));
    expect(paused).toMatchObject({ failures: 0, stopRequested: null });
    await engine.api.resumeTasks({ ids: [id] });
    const task = await until(id, is('completed'));
    expect((await outputText(task)).startsWith('1,1')).toBe(true);
    expect((await outputText(task)).endsWith('2,2')).toBe(true);
  });

  it('cancel stops it, a retry goes on from its checkpoint, remove takes it off the list', async () => {
    const id = await add('a', { parts: 4, partMs: 100 });
    await until(id, (task) => task.checkpoint?.partsDone === 1);
    await engine.api.cancelTasks({ ids: [id] });
    await until(id, is('cancelled'));
    expect(await readdir(join(dir, 'out'))).toEqual([]);
    await engine.api.retryTasks({ ids: [id] });
    await until(id, is('running'));
    await engine.api.removeTasks({ ids: [id] });
    await until(id, (task) => task.deletedAt !== null);
    expect(await engine.api.listTasks({})).toMatchObject({ total: 0 });
  });

  it('a worker that does not stop when asked is ended', async () => {
    const id = await add('a', { parts: 2, endings: { 1: 'hang' } });
    await until(id, (task) => task.checkpoint?.partsDone === 1);
    await engine.api.cancelTasks({ ids: [id] });
    clock.advance(10_000);
    await until(id, is('cancelled'));
  });

  it('asking twice is no mistake, asking the impossible is one', async () => {
    const id = await add('a', {}, { runAt: clock.now() + 60_000 });
    await engine.api.pauseTasks({ ids: [id] });
    await engine.api.pauseTasks({ ids: [id] });
    await engine.api.cancelTasks({ ids: [id] });
    await expect(engine.api.pauseTasks({ ids: [id] })).rejects.toMatchObject({ code: 'TASK_STATE' });
    await expect(engine.api.pauseTasks({ ids: [999] })).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
  });
});

describe('the history of a task', () => {
  it('tells how each attempt ended', async () => {
    const id = await add('a', { parts: 3, partMs: 50, endAfterParts: 1, endings: { 1: 'crash', 2: 'fail' } });
    await until(id, is('completed'), 5_000);
    const { attempts } = await engine.api.getAttempts({ id });
    expect(attempts.map(({ attempt, outcome, error }) => [attempt, outcome, error?.code])).toEqual([[3, 'completed', undefined], [2, 'failed', 'TOOL_FAILED'], [1, 'lost', 'WORKER_LOST']]);
    await expect(engine.api.getAttempts({ id: 999 })).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
  });
});

describe('order', () => {
  it('is what a person makes of it by moving tasks', async () => {
    const blocker = await add('blocker', { parts: 1, partMs: 60_000 });
    await until(blocker, is('running'));
    const [first, second, third] = [await add('1', {}), await add('2', {}), await add('3', {}, { priority: 3 })];
    await engine.api.moveTasks({ ids: [third], before: first });
    await engine.api.moveTasks({ ids: [first], before: null });
    await expect(engine.api.moveTasks({ ids: [blocker], before: first })).rejects.toMatchObject({ code: 'TASK_STATE' });
    await engine.api.cancelTasks({ ids: [blocker] });
    await until(first, is('completed'));
    const started = events.flatMap((event) => (event.kind === 'task' && event.task.status === 'running' ? [event.task.id] : []));
    expect([...new Set(started)]).toEqual([blocker, third, second, first]);
  });

  it('a queue takes the highest priority first, then the oldest; queues do not wait for each other', async () => {
    const blocker = await add('blocker', { parts: 1, partMs: 60_000 });
    await until(blocker, is('running'));
    const [low, high, normal] = [await add('low', {}, { priority: 3 }), await add('high', {}, { priority: 10 }), await add('normal', {})];
    const other = await add('other', {}, { recipe: 'speech' });
    await until(other, is('completed'));
    expect(await engine.api.getTask({ id: blocker })).toMatchObject({ status: 'running' });
    await engine.api.cancelTasks({ ids: [blocker] });
    await until(low, is('completed'));
    const started = events.flatMap((event) => (event.kind === 'task' && event.task.status === 'running' ? [event.task.id] : [])).filter((id) => id !== other);
    expect([...new Set(started)]).toEqual([blocker, high, normal, low]);
  });

  it('a task waits for its time and for the tasks before it', async () => {
    const first = await add('first', { partMs: 200 });
    const second = await add('second', {}, { dependsOn: [first] });
    const later = await add('later', {}, { runAt: clock.now() + 60_000 });
    expect(await engine.api.getTask({ id: second })).toMatchObject({ status: 'waiting' });
    await until(second, is('completed'));
    expect(await engine.api.getTask({ id: later })).toMatchObject({ status: 'waiting' });
    clock.advance(60_000);
    await until(later, is('completed'));
  });
});

describe('an engine that is told what to work on', () => {
  it('does that and what it depends on, and leaves the rest of the queue alone', async () => {
    await engine.close();
    await start(true, true);
    const other = await add('other', {}, { priority: 10 });
    const first = await add('first', {});
    const second = await add('second', {}, { dependsOn: [first] });
    await engine.workOn([second]);
    await until(second, is('completed'));
    expect(await engine.api.getTask({ id: other })).toMatchObject({ status: 'pending' });
  });

  it('begins at once, also while it is still asking the store what there is', async () => {
    await engine.close();
    await start(true, true);
    const id = await add('a', {});
    await engine.workOn([id]);
    await until(id, is('completed'));
  });
});

describe('an engine that ends', () => {
  it('interrupts what runs; the next one goes on from the checkpoint, without a retry spent', async () => {
    const id = await add('a', { parts: 4, partMs: 100 });
    await until(id, (task) => task.checkpoint?.partsDone === 2);
    await engine.close();
    await start(false);
    expect(await engine.api.getTask({ id })).toMatchObject({ status: 'pending', failures: 0, attempt: 1 });
    await engine.close();
    await start();
    const task = await until(id, is('completed'));
    expect(task).toMatchObject({ attempt: 2, failures: 0, workerLosses: 0 });
    expect((await outputText(task)).startsWith('1,1')).toBe(true);
  });

  it('right after work came in leaves none of it running', async () => {
    const id = await add('a', { parts: 4, partMs: 100 });
    await engine.close();
    await start(false);
    expect(await engine.api.getTask({ id })).toMatchObject({ status: 'pending', failures: 0 });
  });

  it('a second engine on the same folder is refused while the first lives', async () => {
    await expect(start()).rejects.toMatchObject({ code: 'STORE_OWNED' });
    expect((await engine.api.getStatus({})).isIdle).toBe(true);
  });

  it('without work it takes tasks, and runs none', async () => {
    await engine.close();
    await start(false);
    const id = await add('a', {});
    expect(await engine.api.getTask({ id })).toMatchObject({ status: 'pending' });
    expect(await engine.api.getStatus({})).toMatchObject({ isRunning: false, isIdle: false });
    await engine.close();
    await start();
    await until(id, is('completed'));
  });
});

describe('what is refused when a task is added', () => {
  it.each([
    ['an unknown recipe', { recipe: 'pictur' }, 'RECIPE_UNKNOWN', 'picture'],
    ['an unknown option', { recipe: 'picture', set: { widht: 5 } }, 'OPTION_INVALID', 'width'],
    ['a value out of range', { recipe: 'picture', set: { width: 'wide' } }, 'OPTION_INVALID', 'width'],
    ['a word that is not one of the choices', { recipe: 'picture', set: { format: 'gif' } }, 'OPTION_INVALID', 'png'],
  ])('%s, with what would be right', async (_what, task, code, hint) => {
    const adding = engine.api.addTasks({ tasks: [{ input: join(dir, 'in', 'a'), ...task }] });
    await expect(adding).rejects.toMatchObject({ code, message: expect.stringContaining(hint) });
    expect(await engine.api.listTasks({})).toMatchObject({ total: 0 });
  });

  it('text becomes what the option takes', async () => {
    const { tasks } = await engine.api.addTasks({ tasks: [{ input: join(dir, 'in', 'a'), recipe: 'speech', set: { formats: 'srt,txt', wordTimestamps: 'true', audioTrack: '1', language: 'de' }, runAt: clock.now() + 1_000_000 }] });
    expect((await engine.api.getTask({ id: tasks[0]?.id ?? 0 })).options).toMatchObject({ formats: ['srt', 'txt'], wordTimestamps: true, audioTrack: 1, language: 'de', model: 'auto' });
  });
});
