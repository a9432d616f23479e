import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { THREAD_PATH } from '../../engine/store/test-store.ts';
import { COMMANDS } from '../commands.ts';
import { runCli } from '../main.ts';
import { testHost } from '../test-host.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..', '..');

/** The command line on a data folder of its own, one process after the other. */
async function cli(): Promise<(...args: string[]) => Promise<{ code: number; out: string; err: string }>> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-queues-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await writeFile(join(dir, 'package.json'), '{"type":"module"}');
  await writeFile(join(dir, 'store-thread.js'), `import ${JSON.stringify(THREAD_PATH)};`);
  return async (...args) => {
    const host = testHost({ builtDir: dir, resourcesDir: join(ROOT, 'resources') });
    const code = await runCli(['--data', join(dir, 'data'), 'queues', ...args], host, COMMANDS);
    return { code, out: host.out.text, err: host.err.text };
  };
}

it('pauses and resumes a queue, sets its hours and rate, and shows them all', async () => {
  const run = await cli();
  expect((await run('pause', 'media')).out).toMatch(/media +0 of 1 +all +paused/);
  expect((await run('hours', 'speech', '22:00-7:00', '--json')).out).toContain('"hours":{"from":"22:00","to":"07:00"}');
  await run('close', 'speech', 'interrupt');
  await run('rate', 'speech', '10/60');
  await run('key-rate', 'shop', '2/1');
  const { code, out } = await run();
  expect(code).toBe(0);
  expect(out).toMatch(/speech +0 of 1 +22:00-07:00, then interrupts +10 in 60 s/);
  expect(out).toMatch(/media .* paused/);
  expect(out).toContain('Tasks with the rate key shop: 2 in 1 s');
  await run('resume', 'media');
  await run('hours', 'speech', 'all');
  await run('rate', 'speech', 'none');
  await run('key-rate', 'shop', 'none');
  expect((await run('--json')).out).not.toMatch(/"pause":"now"|22:00|"count"/);
});

it.each([
  [['paus', 'media'], 'Did you mean pause'], [['pause'], 'Say which queue'], [['pause', 'mediä'], 'There is no queue'], [['hours', 'media'], 'hours media 22:00-07:00'],
  [['hours', 'media', '25:00-07:00'], 'Hours look like'], [['hours', 'media', '07:00-07:00'], 'Hours look like'], [['rate', 'media', '10'], 'A rate looks like'],
  [['rate', 'media', '2000/1'], 'at most a thousand a second'], [['close', 'media', 'stop'], 'goOn or interrupt'], [['key-rate', 'shop'], 'key-rate KEY N/SECONDS'], [['resume', 'media', 'now'], 'Write it so'],
] as const)('says of %j what would be right', async (args, text) => {
  const run = await cli();
  const { code, err } = await run(...args);
  expect([code, err]).toEqual([2, expect.stringContaining(text)]);
});
