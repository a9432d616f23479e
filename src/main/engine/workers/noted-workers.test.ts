import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { recover } from '../recovery.ts';
import { openStore } from '../store/client.ts';
import type { Store } from '../store/store.ts';
import { THREAD_PATH } from '../store/test-store.ts';
import { ManualClock } from '../test-clock.ts';
import { noteWorkers } from './noted-workers.ts';
import { WorkerPool } from './pool.ts';
import { forkWorkerProcess } from './worker-process.ts';

/** A pool whose workers are written down; what its holder hears of the end. */
async function setUp(): Promise<{ dir: string; store: Store; pool: WorkerPool; hold(): { pid: number; lost: Promise<string>; release(): void } }> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-noted-'));
  const store = await openStore({ dir, threadPath: THREAD_PATH, now: 1 });
  const pool = new WorkerPool({
    entryPath: join(import.meta.dirname, '..', 'test-worker.ts'), start: forkWorkerProcess, clock: new ManualClock(), onOutput: () => undefined, onTool: () => undefined,
    onWorker: noteWorkers(store),
  });
  onTestFinished(async () => {
    pool.close();
    await store.close();
    await rm(dir, { recursive: true, force: true });
  });
  return {
    dir, store, pool,
    hold() {
      const { promise: lost, resolve } = Promise.withResolvers<string>();
      const held = pool.hold('media', { onMessage: () => undefined, onOutput: () => undefined, onLost: resolve });
      return { pid: held.pid ?? 0, lost, release: () => held.release() };
    },
  };
}

it.skipIf(process.platform === 'win32')('a start ends the frozen worker that a crash has left', async () => {
  const { dir, store, hold } = await setUp();
  const { pid, lost } = hold();
  process.kill(pid, 'SIGSTOP');
  await expect.poll(async () => (await store.listTools()).map((tool) => tool.pid)).toEqual([pid]);
  expect(await recover(store, { leaseOwner: 'the next engine', now: 2, workDir: join(dir, 'work'), storeId: 'abcd' })).toMatchObject({ toolsEnded: 1 });
  expect(await lost).toBe('signal SIGKILL');
});

it('a worker that has ended is not written down any more', async () => {
  const { store, hold, pool } = await setUp();
  const held = hold();
  await expect.poll(async () => (await store.listTools()).map((tool) => tool.pid)).toEqual([held.pid]);
  held.release();
  pool.close();
  await expect.poll(() => store.listTools()).toEqual([]);
});
