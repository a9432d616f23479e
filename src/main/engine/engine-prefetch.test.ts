/** Speech runs one task at a time, so that with a short one done and a long one running the next is claimed ahead. */
import { describe, expect, it } from 'vitest';
import type { TaskId } from '../../shared/task.ts';
import { is, openTestEngine, outputText, type TestEngine } from './test-engine.ts';

const attemptsOf = async ({ engine }: TestEngine, id: TaskId) => (await engine.api.getAttempts({ id })).attempts;

async function withOneAhead(): Promise<{ test: TestEngine; long: TaskId; ahead: TaskId }> {
  const test = await openTestEngine();
  const add = (name: string, script: Parameters<TestEngine['add']>[1]) => test.add(name, script, { recipe: 'speech' });
  await test.until(await add('short', {}), is('completed'));
  const long = await add('long', { parts: 2, partMs: 60_000 });
  await test.until(long, is('running'));
  const ahead = await add('ahead', {});
  await test.until(ahead, is('running'));
  return { test, long, ahead };
}

describe('a task that is claimed ahead', () => {
  it('is not begun while its slot is taken, and no more than one is claimed for it', async () => {
    const { test, long, ahead } = await withOneAhead();
    const third = await test.add('third', {}, { recipe: 'speech' });
    expect((await test.engine.api.getStatus({})).queues.find(({ name }) => name === 'speech')).toMatchObject({ concurrency: 1, running: 1 });
    expect(await test.engine.api.getTask({ id: third })).toMatchObject({ status: 'pending', attempt: 0 });
    await test.engine.api.cancelTasks({ ids: [long] });
    for (const id of [ahead, third]) {
      const task = await test.until(id, is('completed'));
      expect(task).toMatchObject({ attempt: 1 });
      expect(await outputText(task)).toBe('1');
    }
  });

  it.each([
    { verb: 'cancelTasks', status: 'cancelled' },
    { verb: 'pauseTasks', status: 'paused' },
  ] as const)('does at once what $verb asks, and its history tells of no attempt', async ({ verb, status }) => {
    const { test, long, ahead } = await withOneAhead();
    await test.engine.api[verb]({ ids: [ahead] });
    await test.until(ahead, is(status));
    expect(await attemptsOf(test, ahead)).toEqual([]);
    expect(await test.engine.api.getTask({ id: long })).toMatchObject({ status: 'running', attempt: 1 });
  });

  it('goes back into the queue when the tasks before it turn out to be long, and stays there', async () => {
    const { test, long, ahead } = await withOneAhead();
    test.clock.advance(3_000);
    await test.until(ahead, is('pending'));
    test.clock.advance(6_000);
    expect(await test.engine.api.getTask({ id: ahead })).toMatchObject({ status: 'pending', attempt: 1, failures: 0 });
    expect(await attemptsOf(test, ahead)).toEqual([]);
    await test.engine.api.cancelTasks({ ids: [long] });
    expect(await test.until(ahead, is('completed'))).toMatchObject({ attempt: 2 });
  });

  it('goes back into the queue when nothing more shall begin', async () => {
    const { test, long, ahead } = await withOneAhead();
    await test.engine.api.setSetting({ name: 'hold', value: 'afterCurrent' });
    await test.until(ahead, is('pending'));
    expect(await test.engine.api.getTask({ id: long })).toMatchObject({ status: 'running' });
  });

  it('is there after a restart, and done once', async () => {
    const { test, long, ahead } = await withOneAhead();
    await test.restart();
    await test.engine.api.cancelTasks({ ids: [long] });
    expect(await test.until(ahead, is('completed'))).toMatchObject({ failures: 0, workerLosses: 0 });
    expect((await attemptsOf(test, ahead)).map(({ outcome }) => outcome)).toEqual(['completed']);
  });
});
