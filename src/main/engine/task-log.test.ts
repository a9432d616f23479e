import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from './store/client.ts';
import type { Store } from './store/store.ts';
import { THREAD_PATH } from './store/test-store.ts';
import { TaskLogs } from './task-log.ts';
import { ManualClock } from './test-clock.ts';

let dir: string;
let store: Store;
let clock: ManualClock;
let logs: TaskLogs;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'longhaul-log-'));
  clock = new ManualClock();
  store = await openStore({ dir, threadPath: THREAD_PATH, now: clock.now() });
  const draft = { type: 'transcribe', recipe: 'transcript', queue: 'speech', priority: 5, inputs: ['/a'], outputDir: null, options: {}, maxRetries: 3, dependsOn: [], runAt: null } as const;
  await store.insertTasks([draft, draft], clock.now());
  logs = new TaskLogs(store, clock);
});

afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

it('keeps the lines of each task apart, in order, with their times', async () => {
  logs.write(1, 'first');
  logs.write(2, 'of another');
  clock.advance(1_000);
  logs.write(1, 'second\nthird');
  expect(await logs.read(1, 10)).toEqual(['2026-01-01T00:00:00.000Z first', '2026-01-01T00:00:01.000Z second', '2026-01-01T00:00:01.000Z third']);
  expect(await logs.read(1, 1)).toEqual(['2026-01-01T00:00:01.000Z third']);
  expect(await logs.read(2, 10)).toEqual(['2026-01-01T00:00:00.000Z of another']);
});

it('stores by itself after a moment', async () => {
  logs.write(1, 'line');
  clock.advance(1_000);
  await expect.poll(() => store.readLog(1, 10)).toHaveLength(1);
});

it('keeps the newest of a flood, and nothing for tasks that are not there', async () => {
  for (let at = 0; at < 6_000; at += 1) logs.write(1, `line ${at}`);
  logs.write(99, 'nobody');
  const lines = await logs.read(1, 10_000);
  expect(lines).toHaveLength(5_000);
  expect(lines.at(-1)).toMatch(/line 5999$/);
  expect(await logs.read(99, 10)).toEqual([]);
});
