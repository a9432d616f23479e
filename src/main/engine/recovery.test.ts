import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processStartStamp } from './media/process-stamp.ts';
import { recover } from './recovery.ts';
import { openStore } from './store/client.ts';
import type { Store } from './store/store.ts';
import { THREAD_PATH } from './store/test-store.ts';

let dir: string;
let store: Store;
const NOW = Date.UTC(2026, 0, 1);

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'longhaul-recovery-'));
  store = await openStore({ dir, threadPath: THREAD_PATH, now: NOW });
});

afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

it('ends the tools that a crash left running, and nothing that only has their number', async () => {
  const [tool, stranger] = [idle(), idle()];
  const stamp = String(await processStartStamp(tool.pid ?? 0));
  await store.addTool({ pid: tool.pid ?? 0, startStamp: stamp });
  await store.addTool({ pid: stranger.pid ?? 0, startStamp: 'of a process before it' });
  const ended = new Promise((resolve) => tool.once('exit', (_code, signal) => resolve(signal)));
  expect(await recover(store, { leaseOwner: 'new', now: NOW, workDir: join(dir, 'work'), storeId: 'abcd' })).toEqual({ queue: null, rescued: [], toolsEnded: 1 });
  expect(await ended).toBe('SIGKILL');
  expect(stranger.exitCode).toBeNull();
  expect(await store.listTools()).toEqual([]);
  stranger.kill('SIGKILL');
});

it('gives back what the last engine worked on, and clears only folders of tasks that need them no more', async () => {
  const draft = { type: 'transcribe', recipe: 'transcript', queue: 'speech', priority: 5, inputs: ['/a'], outputDir: null, options: {}, maxRetries: 3, dependsOn: [], runAt: null } as const;
  const [first, second, third] = (await store.insertTasks([draft, draft, draft], NOW)).map(({ id }) => id);
  await store.claim({ queue: 'speech', limit: 2, leaseOwner: 'old', leaseUntil: NOW, now: NOW });
  await store.complete({ id: first ?? 0, leaseOwner: 'old', attempt: 1, now: NOW, durationMs: 1, warnings: [], outputs: [], message: 'done', pace: null });
  for (const name of [`abcd-${first}`, `abcd-${second}`, `abcd-${third}`, 'notes']) await mkdir(join(dir, 'work', name), { recursive: true });
  const { rescued } = await recover(store, { leaseOwner: 'new', now: NOW, workDir: join(dir, 'work'), storeId: 'abcd' });
  expect(rescued).toMatchObject([{ id: second, status: 'pending', failures: 0, attempt: 1 }]);
  expect((await readdir(join(dir, 'work'))).sort()).toEqual([`abcd-${second}`, `abcd-${third}`, 'notes']);
});

function idle() {
  return spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
}
