import { describe, expect, it } from 'vitest';
import { is, openTestEngine, outputText, type TestEngine } from './test-engine.ts';

const hold = ({ engine }: TestEngine, value: string | null) => engine.api.setSetting({ name: 'hold', value });
const holds = async ({ engine }: TestEngine) => (await engine.api.getStatus({})).holds;

describe('a hold', () => {
  it('now interrupts what runs, and its end lets it go on from the checkpoint, without a retry spent', async () => {
    const test = await openTestEngine();
    const { engine, until } = test;
    const id = await test.add('a', { parts: 6, endAfterParts: 2, endings: { 1: 'wait' } });
    const behind = await test.add('b', {});
    await until(id, (task) => task.checkpoint?.partsDone === 2);
    await hold(test, 'now');
    expect(await until(id, is('pending'))).toMatchObject({ attempt: 1, failures: 0, workerLosses: 0, message: 'on hold, goes on from its checkpoint' });
    expect(await holds(test)).toEqual(['user']);
    // What comes in is taken, and not begun.
    const later = await test.add('c', {});
    await engine.api.prioritiseTasks({ ids: [behind], priority: 9 });
    for (const waiting of [later, behind]) expect(await engine.api.getTask({ id: waiting })).toMatchObject({ status: 'pending', attempt: 0 });
    await hold(test, null);
    const task = await until(id, is('completed'));
    expect(task).toMatchObject({ attempt: 2, failures: 0 });
    expect((await outputText(task)).startsWith('1,1')).toBe(true);
    await until(later, is('completed'));
    expect((await engine.api.getAttempts({ id })).attempts.map(({ outcome }) => outcome)).toEqual(['completed', 'interrupted']);
    expect(test.events.filter(({ kind }) => kind === 'settings').length).toBeGreaterThanOrEqual(2);
  });

  it('that turns from after the current one into now interrupts too', async () => {
    const test = await openTestEngine();
    const id = await test.add('a', { parts: 2, partMs: 60_000 });
    await test.until(id, is('running'));
    await hold(test, 'afterCurrent');
    await hold(test, 'now');
    await test.until(id, is('pending'));
  });

  it('after the current one lets what runs come to its end, and begins nothing', async () => {
    const test = await openTestEngine();
    const id = await test.add('a', { parts: 3, endings: { 1: 'wait' } });
    const next = await test.add('b', {});
    await test.until(id, is('running'));
    await hold(test, 'afterCurrent');
    await test.letGoOn();
    expect(await test.until(id, is('completed'))).toMatchObject({ attempt: 1 });
    await expect.poll(() => test.events.at(-1)?.kind).toBe('idle');
    expect(await test.engine.api.getTask({ id: next })).toMatchObject({ status: 'pending', attempt: 0 });
    await hold(test, 'none');
    await test.until(next, is('completed'));
  });

  it('outlasts a restart', async () => {
    const test = await openTestEngine();
    await hold(test, 'now');
    const id = await test.add('a', {});
    await test.restart();
    expect(await holds(test)).toEqual(['user']);
    expect(await test.engine.api.getStatus({})).toMatchObject({ isIdle: false, counts: { pending: 1, running: 0 } });
    expect(await test.engine.api.getTask({ id })).toMatchObject({ status: 'pending', attempt: 0 });
    await hold(test, null);
    await test.until(id, is('completed'));
  });

  it('on battery stops work where the settings say so, until there is power again', async () => {
    const test = await openTestEngine();
    await test.engine.api.setSetting({ name: 'holdOnBattery', value: 'on' });
    const id = await test.add('a', { parts: 4, endings: { 1: 'wait' } });
    await test.until(id, (task) => task.checkpoint?.partsDone === 1);
    test.engine.setHold('battery', true);
    await test.until(id, is('pending'));
    expect(await holds(test)).toEqual(['battery']);
    test.engine.setHold('battery', false);
    expect(await test.until(id, is('completed'))).toMatchObject({ attempt: 2 });
  });

  it('for a full disk ends by itself when there is as much space as the setting asks for', async () => {
    const test = await openTestEngine();
    // Ten terabytes are free on no machine that runs this.
    await test.engine.api.setSetting({ name: 'holdBelowFreeMb', value: '10000000' });
    const id = await test.add('a', {});
    await expect.poll(() => holds(test)).toEqual(['disk']);
    expect(await test.engine.api.getTask({ id })).toMatchObject({ status: 'pending', attempt: 0 });
    await test.engine.api.setSetting({ name: 'holdBelowFreeMb', value: null });
    await test.until(id, is('completed'));
    expect(await holds(test)).toEqual([]);
  });
});
