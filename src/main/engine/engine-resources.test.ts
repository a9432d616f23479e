import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { QueueName } from '../../shared/task.ts';
import { is, openTestEngine, type TestEngine } from './test-engine.ts';

const MB = 1_000_000;
/** Of a transcription nobody has an estimate here: 950 MB. A picture counts 200 MB. The system keeps 400 MB. */
const SMALL = { freeBytes: 1_000 * MB, totalBytes: 8_000 * MB };
const LARGE = { freeBytes: 6_000 * MB, totalBytes: 8_000 * MB };

async function openOn(first: { freeBytes: number; totalBytes: number }) {
  let memory = first;
  const test = await openTestEngine({ machine: { cores: 8, readMemory: () => Promise.resolve(memory) } });
  return { test, has: (next: { freeBytes: number; totalBytes: number }) => void (memory = next) };
}
const waits = async ({ engine }: TestEngine, name: QueueName) => (await engine.api.getStatus({})).queues.find((queue) => queue.name === name)?.waitsFor;

describe('a task that does not fit into the free memory', () => {
  it('waits, says for what, and begins by itself when there is enough', async () => {
    const { test, has } = await openOn(SMALL);
    const id = await test.add('a', {}, { recipe: 'speech' });
    await test.until(id, ({ message }) => message === 'waits for memory: needs 950 MB, 600 MB free');
    expect(await waits(test, 'speech')).toEqual([{ reason: 'memory', until: null, taskId: id, detail: 'memory: needs 950 MB, 600 MB free' }]);
    expect((await test.engine.api.getSnapshot({})).tasks[0]?.message).toBe('waits for memory: needs 950 MB, 600 MB free');
    has({ ...SMALL, freeBytes: 1_200 * MB });
    test.clock.advance(5_000);
    await test.until(id, ({ message }) => message === 'waits for memory: needs 950 MB, 800 MB free');
    has(LARGE);
    test.clock.advance(5_000);
    expect((await test.until(id, is('completed'))).warnings).toEqual([]);
    expect(await waits(test, 'speech')).toEqual([]);
  });

  it('is overtaken by small ones within a bound, also of another queue, and then begins before them', async () => {
    const { test, has } = await openOn(SMALL);
    const large = await test.add('a', {}, { recipe: 'speech' });
    await test.until(large, ({ message }) => message.startsWith('waits for memory'));
    const small = [];
    for (let index = 0; index < 10; index += 1) small.push(await test.add(`b${index}`, {}));
    for (const id of small.slice(0, 8)) await test.until(id, is('completed'));
    await test.until(small[8] ?? 0, ({ message }) => message === `waits for task ${large} to begin first`);
    expect(await test.engine.api.getTask({ id: small[9] ?? 0 })).toMatchObject({ status: 'pending', attempt: 0 });
    has(LARGE);
    test.clock.advance(5_000);
    const done = await test.until(large, is('completed'));
    const next = await test.until(small[9] ?? 0, is('completed'));
    expect(done.startedAt).toBeLessThanOrEqual(next.startedAt ?? 0);
  });

  it('begins alone, with a warning, when it would not even fit on an idle machine', async () => {
    const { test } = await openOn({ freeBytes: 700 * MB, totalBytes: 900 * MB });
    const id = await test.add('a', {}, { recipe: 'speech' });
    const { warnings } = await test.until(id, is('completed'));
    expect(warnings).toEqual(['It was started alone though it may need 950 MB of memory and 655 MB are free: more than the machine has.']);
  });

  it('begins alone after two minutes in which other programs kept the memory', async () => {
    const { test } = await openOn(SMALL);
    const id = await test.add('a', {}, { recipe: 'speech' });
    await test.until(id, ({ message }) => message.startsWith('waits for memory'));
    for (let passedMs = 0; passedMs < 120_000; passedMs += 5_000) {
      expect(await test.engine.api.getTask({ id })).toMatchObject({ status: 'pending' });
      test.clock.advance(5_000);
      // The look that this has begun is over when the store has answered one more question.
      await test.engine.api.getTask({ id });
    }
    expect((await test.until(id, is('completed'))).warnings[0]).toContain('more than other programs left free');
  });

  it('that is cancelled keeps nobody waiting', async () => {
    const { test } = await openOn(SMALL);
    const large = await test.add('a', {}, { recipe: 'speech' });
    await test.until(large, ({ message }) => message.startsWith('waits for memory'));
    await test.engine.api.cancelTasks({ ids: [large] });
    expect((await test.engine.api.getTask({ id: large })).message).not.toContain('waits');
    test.clock.advance(5_000);
    await expect.poll(() => waits(test, 'speech')).toEqual([]);
  });
});

it('nothing begins beside what runs while there are too many temporary files, and what runs last lets the next begin', async () => {
  const { test } = await openOn(LARGE);
  await mkdir(join(test.dir, 'data', 'work', '999'), { recursive: true });
  await writeFile(join(test.dir, 'data', 'work', '999', 'part'), Buffer.alloc(3 * MB));
  await test.engine.api.setSetting({ name: 'tempCapMb', value: '1' });
  await expect.poll(async () => (await test.engine.api.getStatus({})).tempBytes).toBe(3 * MB);
  const running = await test.add('a', { parts: 60, partMs: 1_000 });
  await test.until(running, is('running'));
  const id = await test.add('b', {}, { recipe: 'speech' });
  await test.until(id, ({ message }) => message === 'waits for temporary files to go: 3 MB in use, at most 1 MB');
  expect((await waits(test, 'speech'))?.[0]?.reason).toBe('temp');
  await test.engine.api.cancelTasks({ ids: [running] });
  await test.until(id, is('completed'));
});

it('more is not begun at a time than the processor may be used for', async () => {
  const { test } = await openOn(LARGE);
  await test.engine.api.setSetting({ name: 'processorPercent', value: '10' });
  const running = await test.add('a', { parts: 60, partMs: 1_000 });
  await test.until(running, is('running'));
  const id = await test.add('b', {}, { recipe: 'speech' });
  await test.until(id, ({ message }) => message.startsWith('waits for the processor: needs 0.8 cores'));
  await test.engine.api.setSetting({ name: 'processorPercent', value: '400' });
  test.clock.advance(5_000);
  await test.until(id, is('completed'));
});
