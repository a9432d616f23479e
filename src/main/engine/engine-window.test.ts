import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTestStore } from './store/test-store.ts';
import { is, openTestEngine } from './test-engine.ts';

describe('settings', () => {
  it('are all there with their defaults, refuse what does not fit, and tell when they change', async () => {
    const test = await openTestEngine();
    const { api } = test.engine;
    expect((await api.getSettings({})).settings).toMatchObject({ 'model': 'auto', 'queue.media': '1', 'hold': 'none' });
    await api.setSetting({ name: 'queue.media', value: '3' });
    expect((await api.getStatus({})).queues).toContainEqual({ name: 'media', concurrency: 3, running: 0, waitsFor: [] });
    await expect(api.setSetting({ name: 'queue.media', value: 'many' })).rejects.toThrow('not a value of this setting');
    await expect(api.setSetting({ name: 'outputDir', value: 'out' })).rejects.toMatchObject({ code: 'USAGE' });
    expect(test.events.map(({ kind }) => kind)).toEqual(['settings']);
    await test.restart();
    expect((await test.engine.api.getSettings({})).settings['queue.media']).toBe('3');
  });

  it('give a task without a folder of its own theirs, as it is when the task is added', async () => {
    const { dir, clock, engine: { api } } = await openTestEngine();
    const input = join(dir, 'in', 'a');
    await writeFile(input, '{}');
    const add = async () => (await api.addTasks({ tasks: [{ input, recipe: 'picture', runAt: clock.now() + 60_000 }] })).tasks[0]?.id ?? 0;
    const beside = await add();
    await api.setSetting({ name: 'outputDir', value: join(dir, 'elsewhere') });
    const there = await add();
    await api.setSetting({ name: 'outputDir', value: '' });
    expect(await api.getTask({ id: beside })).toMatchObject({ outputDir: null });
    expect(await api.getTask({ id: there })).toMatchObject({ outputDir: join(dir, 'elsewhere') });
  });
});

describe('a window', () => {
  it('sees the list in pages, and live what runs', async () => {
    const test = await openTestEngine();
    const { api } = test.engine;
    const id = await test.add('a', { parts: 3, endings: { 1: 'wait' } });
    const waiting = await test.add('b', {}, { runAt: test.clock.now() + 60_000 });
    await test.until(id, (task) => task.progress > 0);
    const first = await api.getSnapshot({ limit: 1 });
    expect(first).toMatchObject({ total: 2, next: waiting, tasks: [{ id: waiting, status: 'waiting', input: join(test.dir, 'in', 'b') }] });
    const second = await api.getSnapshot({ limit: 1, before: first.next });
    expect(second).toMatchObject({ epoch: first.epoch, next: null, tasks: [{ id, status: 'running', message: expect.stringContaining('part') }] });
    expect(second.tasks[0]?.progress).toBeGreaterThan(0);
  });

  it('hears of tasks that come, run, end and go, and of a new start', async () => {
    const test = await openTestEngine();
    const { revision, epoch } = await test.engine.api.getSnapshot({});
    const id = await test.add('a', {});
    await test.until(id, is('completed'));
    await expect.poll(() => test.events.at(-1)?.kind).toBe('idle');
    test.clock.advance(20);
    await test.engine.api.removeTasks({ ids: [id] });
    const deltas = () => test.events.flatMap((event) => (event.kind === 'delta' ? [event] : []));
    await expect.poll(() => {
      test.clock.advance(20);
      return deltas().flatMap(({ removed }) => removed);
    }).toEqual([id]);
    expect(deltas().map((delta) => [delta.epoch, delta.revision])).toEqual(deltas().map((_, index) => [epoch, revision + 1 + index]));
    expect(deltas().flatMap(({ tasks }) => tasks).at(-1)).toMatchObject({ id, status: 'completed' });
    await test.restart();
    expect((await test.engine.api.getSnapshot({})).epoch).not.toBe(epoch);
  });
});

describe('an attempt', () => {
  it('writes every command into the log, so that it can be tried by hand', async () => {
    const test = await openTestEngine();
    const long = 'x'.repeat(3_000);
    const id = await test.add('a', { command: [process.execPath, '--input-type=module', '-e', "process.exitCode = 'a b'.length - 3", long] });
    await test.until(id, is('completed'));
    const { lines } = await test.engine.api.getLog({ id });
    const commands = lines.flatMap((line) => (line.includes(' $ ') ? [line.slice(line.indexOf(' $ ') + 1)] : []));
    expect(commands).toEqual([`$ node --input-type=module -e 'process.exitCode = '\\''a b'\\''.length - 3' ${long}`]);
  });

  it('keeps what its result can be looked at as, also when it fails after that', async () => {
    const test = await openTestEngine();
    const id = await test.add('a', { document: { words: ['one', 'two'] }, endings: { 1: 'fail for good' } });
    await test.until(id, is('failed'));
    await test.restart();
    await test.engine.close();
    const store = await openTestStore(join(test.dir, 'data'));
    expect(await store.document(id)).toEqual({ document: { words: ['one', 'two'] }, revision: 1 });
  });
});
