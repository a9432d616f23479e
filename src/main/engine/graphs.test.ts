/** Groups, chords and graphs as their users meet them: through the contract, with worker processes. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { NewTask } from '../../shared/contract.ts';
import type { TaskId } from '../../shared/task.ts';
import { is, openTestEngine, outputText, type TestEngine } from './test-engine.ts';
import type { Script } from './test-worker.ts';

let test: TestEngine;

beforeEach(async () => {
  test = await openTestEngine();
});

/** A task of the recipe `picture` on a file of this name. */
async function scripted(name: string, script: Script, more: Partial<NewTask> = {}): Promise<NewTask> {
  const input = join(test.dir, 'in', name);
  await writeFile(input, JSON.stringify(script));
  return { input, recipe: 'picture', outputDir: join(test.dir, 'out'), key: name, ...more };
}

function report(more: Partial<NewTask> = {}): NewTask {
  return { recipe: 'report', outputDir: join(test.dir, 'out'), ...more };
}

async function addAll(...tasks: NewTask[]): Promise<{ ids: TaskId[]; group: number }> {
  const { tasks: added } = await test.engine.api.addTasks({ tasks });
  return { ids: added.map(({ id }) => id), group: added.find(({ groupId }) => typeof groupId === 'number')?.groupId ?? 0 };
}

describe('a graph that is handed in at once', () => {
  it('is done in its order, whatever order it came in, and its report tells of every member once', async () => {
    const group = { name: 'The trip' };
    const { ids, group: groupId } = await addAll(
      report({ dependsOn: ['b', 'a', 'bad'], dependencyMode: 'settled' }), await scripted('b', {}, { dependsOn: ['a'], group }), await scripted('a', {}, { group }), await scripted('bad', { endings: { 1: 'fail for good' } }, { group }),
    );
    const [last = 0, b, a, bad] = ids;
    const done = await test.until(last, is('completed'));
    expect(done).toMatchObject({ attempt: 1, inputs: [], dependsOn: [a, b, bad], groupId: null });
    expect(done.outputs.map(({ path }) => path)).toEqual([join(test.dir, 'out', 'The trip.csv')]);
    expect((await outputText(done)).split('\r\n').slice(1).map((line) => line.split(',').filter((_, index) => index === 0 || index === 3))).toEqual([[String(a), 'completed'], [String(b), 'completed'], [String(bad), 'failed'], ['']]);
    expect(await test.engine.api.getGroup({ id: groupId })).toMatchObject({ progress: 100, total: 3, counts: { completed: 2, failed: 1 } });
  });

  it('is refused whole when it runs in a circle, with the circle named', async () => {
    await expect(addAll(await scripted('a', {}, { dependsOn: ['b'] }), await scripted('b', {}, { dependsOn: ['a'] }))).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('a → b → a') });
    expect(await test.engine.api.listTasks({})).toMatchObject({ total: 0 });
  });

  it('is refused where a report has no folder, no tasks or a file, another task none, or one group two policies', async () => {
    const wrong: NewTask[][] = [
      [await scripted('a', {}), { recipe: 'report', dependsOn: ['a'] }], [report()], [await scripted('a', {}), report({ dependsOn: ['a'], input: '/x' })], [{ recipe: 'picture' }],
      [await scripted('a', {}, { group: { name: 'g', onFailure: 'stop' } }), await scripted('b', {}, { group: { name: 'g' } })],
    ];
    for (const tasks of wrong) await expect(addAll(...tasks)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('a chord', () => {
  it('runs once, with all results, when the engine ended between its last member and its start', async () => {
    await test.restart({ isSelective: true });
    const { ids } = await addAll(await scripted('a', {}), await scripted('b', {}), report({ dependsOn: ['a', 'b'] }));
    const [a = 0, b = 0, last = 0] = ids;
    await test.engine.workOn([a, b]);
    for (const id of [a, b]) await test.until(id, is('completed'));
    expect(await test.engine.api.getTask({ id: last })).toMatchObject({ status: 'pending', attempt: 0 });
    await test.restart();
    const done = await test.until(last, is('completed'));
    expect(done.attempt).toBe(1);
    expect((await outputText(done)).split('\r\n')).toHaveLength(4);
    expect((await readdir(join(test.dir, 'out'))).filter((name) => name.endsWith('.csv'))).toEqual(['report.csv']);
  });

  it('that failed with a member is done after all when the group is retried', async () => {
    const group = { name: 'g' };
    const { ids, group: groupId } = await addAll(await scripted('a', { endings: { 1: 'fail for good' } }, { group }), await scripted('b', {}, { group }), report({ dependsOn: ['a', 'b'] }));
    const last = ids[2] ?? 0;
    expect(await test.until(last, is('failed'))).toMatchObject({ error: { code: 'DEPENDENCY_FAILED' } });
    await test.until(ids[1] ?? 0, is('completed'));
    expect((await test.engine.api.retryGroup({ id: groupId })).tasks.map(({ id }) => id)).toEqual([ids[0]]);
    expect(await test.until(last, is('completed'))).toMatchObject({ error: null, attempt: 1 });
  });
});

describe('the policy of a group', () => {
  it('cancelRest stops what runs, cancels what waits, and says why', async () => {
    const group = { name: 'g', onFailure: 'cancelRest' } as const;
    const { ids } = await addAll(
      await scripted('long', { parts: 500, partMs: 50 }, { group, recipe: 'speech' }), await scripted('bad', { parts: 3, partMs: 100, endAfterParts: 2, endings: { 1: 'fail for good' } }, { group }), await scripted('later', {}, { group, dependsOn: ['long'] }),
    );
    const [long = 0, bad = 0, later = 0] = ids;
    await test.until(long, is('running'));
    await test.until(bad, is('failed'));
    await test.until(long, is('cancelled'));
    expect(await test.until(later, is('cancelled'))).toMatchObject({ message: `cancelled: task ${bad} of its group failed`, attempt: 0 });
  });

  it('stop pauses what has not begun until the group is resumed', async () => {
    const group = { name: 'g', onFailure: 'stop' } as const;
    const { ids, group: groupId } = await addAll(await scripted('bad', { endings: { 1: 'fail for good' } }, { group, priority: 9 }), await scripted('next', {}, { group, runAt: test.clock.now() + 60_000 }));
    const next = ids[1] ?? 0;
    await test.until(next, is('paused'));
    expect((await test.engine.api.listGroups({})).groups).toMatchObject([{ id: groupId, onFailure: 'stop', stoppedAt: expect.any(Number) }]);
    test.clock.advance(60_000);
    await test.engine.api.resumeGroup({ id: groupId });
    await test.until(next, is('completed'));
  });
});

describe('a command on a group', () => {
  it('stops those of its tasks that run, and can be asked for groups that there are', async () => {
    const group = { name: 'g' };
    const { ids, group: groupId } = await addAll(await scripted('long', { parts: 500, partMs: 50 }, { group }), await scripted('later', {}, { group, dependsOn: ['long'] }));
    await test.until(ids[0] ?? 0, is('running'));
    await test.engine.api.prioritiseGroup({ id: groupId, priority: 9 });
    await test.engine.api.cancelGroup({ id: groupId });
    for (const id of ids) expect(await test.until(id, is('cancelled'))).toMatchObject({ priority: 9 });
    for (const ask of [() => test.engine.api.getGroup({ id: 99 }), () => test.engine.api.pauseGroup({ id: 99 })]) await expect(ask()).rejects.toMatchObject({ code: 'GROUP_UNKNOWN' });
  });
});

describe('fields of a new task', () => {
  it('are kept, and a tier decides the priority where none is given', async () => {
    await test.restart({ isWorking: false });
    const given = { owner: 'ann', project: 'film', documentId: 'd', rateKey: 'k', notify: ['desktop'], retryDelayMs: 10, maxRetries: 0, dependencyMode: 'settled' } as const;
    const { ids } = await addAll(await scripted('a', {}, { ...given, notify: ['desktop'], tier: 'ENTERPRISE' }), await scripted('b', {}), await scripted('c', {}, { tier: 'FREE', priority: 9 }));
    const { tasks } = await test.engine.api.listTasks({ ids });
    expect(tasks.toReversed()).toMatchObject([{ ...given, tier: 'ENTERPRISE', priority: 7 }, { tier: 'FREE', priority: 5, owner: null, dependencyMode: 'completed' }, { priority: 9 }]);
    expect(await addAll(await scripted('d', {}, { parentTaskId: ids[0] ?? 0 }))).toMatchObject({ ids: [4] });
    expect(await test.engine.api.getTask({ id: 4 })).toMatchObject({ parentTaskId: ids[0] });
  });

  it('unique answers the same task for the same file and options, and only for those', async () => {
    await test.restart({ isWorking: false });
    const unique = { withinSeconds: 60 };
    const first = await test.engine.api.addTasks({ tasks: [await scripted('a', {}, { unique })] });
    const again = await scripted('a', {}, { unique, priority: 9 });
    expect((await test.engine.api.addTasks({ tasks: [again] })).tasks).toEqual([{ ...first.tasks[0], isDuplicate: true }]);
    expect((await addAll({ ...again, set: { width: 99 } })).ids).toEqual([2]);
    expect((await addAll(await scripted('b', {}, { unique }))).ids).toEqual([3]);
    test.clock.advance(60_001);
    expect((await addAll(again)).ids).toEqual([4]);
  });
});
