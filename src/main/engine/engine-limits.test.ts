/** Attempts that take too long or do not get on, workers that are frozen and revived; with real processes. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { MethodInput } from '../../shared/contract.ts';
import type { TaskId } from '../../shared/task.ts';
import { is, openTestEngine, outputText, type TestEngine } from './test-engine.ts';
import type { Script } from './test-worker.ts';
import { forkWorkerProcess, type StartWorkerProcess } from './workers/worker-process.ts';

async function add({ dir, engine }: TestEngine, script: Script, more: Partial<MethodInput<'addTasks'>['tasks'][number]> = {}): Promise<TaskId> {
  const input = join(dir, 'in', 'a');
  await writeFile(input, JSON.stringify(script));
  const { tasks } = await engine.api.addTasks({ tasks: [{ input, recipe: 'picture', outputDir: join(dir, 'out'), ...more }] });
  return tasks[0]?.id ?? 0;
}

/** Processes whose command line holds the text (Linux). */
async function processesWith(text: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return pids.filter((pid, index) => pid !== process.pid && (lines[index] ?? '').includes(text));
}

/** Lets time pass, then hears something new of the task's worker. */
async function passHeard({ clock, engine }: TestEngine, id: TaskId, ms: number): Promise<void> {
  clock.advance(ms);
  const count = async (): Promise<number> => (await engine.api.getLog({ id, lines: 10_000 })).lines.length;
  const before = await count();
  await expect.poll(async () => (await engine.api.getTask({ id })).status !== 'running' || (await count()) > before).toBe(true);
}

it('a soft limit stops an attempt, which may still save its part, and the next one goes on from there', async () => {
  const test = await openTestEngine();
  const id = await add(test, { parts: 2, partMs: 60_000, savesLate: true }, { softLimitSeconds: 20 });
  await test.until(id, (task) => task.status === 'running' && task.checkpoint !== null);
  test.clock.advance(20_000);
  const retrying = await test.until(id, is('retrying'));
  expect(retrying).toMatchObject({ failures: 1, workerLosses: 0, checkpoint: { partsDone: 1, partsTotal: 2 }, lastError: { code: 'TIMED_OUT' } });
  expect((await test.engine.api.getAttempts({ id })).attempts).toMatchObject([{ outcome: 'failed', error: { code: 'TIMED_OUT' } }]);
});

it('a task that took too long as often as it may be tried is a dead letter', async () => {
  const test = await openTestEngine();
  const id = await add(test, { parts: 1, partMs: 60_000 }, { softLimitSeconds: 20, maxRetries: 0 });
  await test.until(id, (task) => task.status === 'running' && task.checkpoint !== null);
  test.clock.advance(20_000);
  expect(await test.until(id, is('failed'))).toMatchObject({ error: { code: 'TIMED_OUT' }, failures: 1 });
});

it('what its user cancels at its soft limit is cancelled and has not failed', async () => {
  const test = await openTestEngine();
  const id = await add(test, { parts: 2, endings: { 1: 'hang' } }, { softLimitSeconds: 20 });
  await test.until(id, (task) => task.checkpoint?.partsDone === 1);
  test.clock.advance(20_000);
  await test.engine.api.cancelTasks({ ids: [id] });
  test.clock.advance(10_000);
  expect(await test.until(id, is('cancelled'))).toMatchObject({ failures: 0, error: null });
});

it.skipIf(process.platform !== 'linux')('a hard limit ends the whole process tree: the worker, its FFmpeg and what that has started', async () => {
  const test = await openTestEngine();
  const mark = `longhaul-limit-${process.pid}`;
  // A tool that does not end when it is asked, with a child of its own in the background.
  const command: [string, ...string[]] = ['/bin/sh', '-c', `trap '' TERM; ffmpeg -nostdin -loglevel error -re -f lavfi -i testsrc=size=64x64 -metadata comment=${mark} -f null - & trap '' TERM; wait; sleep 100`, mark];
  const id = await add(test, { command }, { hardLimitSeconds: 30, maxRetries: 0 });
  await expect.poll(async () => (await processesWith(mark)).length).toBeGreaterThanOrEqual(2);
  test.clock.advance(29_000);
  expect((await processesWith(mark)).length).toBeGreaterThanOrEqual(2);
  test.clock.advance(1_000);
  expect(await test.until(id, is('failed'))).toMatchObject({ workerLosses: 0, error: { code: 'TIMED_OUT' } });
  await expect.poll(() => processesWith(mark)).toEqual([]);
});

it('an attempt whose figures and files stand still is stopped as stuck, and tried again', async () => {
  const test = await openTestEngine();
  const id = await add(test, { parts: 2, murmurMs: 20, endings: { 1: 'hang' } });
  await test.until(id, (task) => task.checkpoint?.partsDone === 1);
  // Its worker is heard of all the time, so that only the stall can be what ends it.
  for (let minutes = 0; minutes < 11; minutes += 0.5) await passHeard(test, id, 30_000);
  test.clock.advance(10_000);
  const task = await test.until(id, is('completed'), 5_000);
  expect(task).toMatchObject({ attempt: 2, failures: 1, workerLosses: 0, lastError: { code: 'TOOL_STUCK' } });
  expect(await outputText(task)).toBe('1,2');
});

it('a worker whose memory has grown takes no other task', async () => {
  const test = await openTestEngine();
  const workers: (string | null | undefined)[] = [];
  for (const leakMb of [0, 0, 0, 500, 0]) {
    const id = await add(test, { leakMb });
    await test.until(id, is('completed'));
    workers.push((await test.engine.api.getAttempts({ id })).attempts[0]?.worker);
  }
  const [first, , , grown, next] = workers;
  expect(workers.slice(0, 4)).toEqual([first, first, first, first]);
  expect(next).not.toBe(grown);
});

/** Workers that the engine takes for ended at its first kill and that live on: as if it could not reach them any more. */
function unreachable(): { start: StartWorkerProcess; pids: number[] } {
  const pids: number[] = [];
  return {
    pids,
    start: (entryPath, onOutput) => {
      const worker = forkWorkerProcess(entryPath, onOutput);
      if (worker.pid !== undefined) pids.push(worker.pid);
      const exits: ((how: string) => void)[] = [];
      let hasEnded = false;
      const end = (how: string): void => {
        if (hasEnded) return;
        hasEnded = true;
        for (const exit of exits) exit(how);
      };
      worker.onExit(end);
      return { ...worker, onExit: (listener) => void exits.push(listener), kill: () => (hasEnded ? worker.kill() : end('unreachable')) };
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The kernel's letter for how a process stands; T: stopped. */
async function stateOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0];
}

it.skipIf(process.platform !== 'linux').each([
  { ending: 'freeze at check', when: 'with its draft written' },
  { ending: 'freeze and go on', when: 'before it has written one' },
] as const)('a worker frozen $when and revived after another attempt has completed publishes nothing', async ({ ending }) => {
  const test = await openTestEngine();
  const { start, pids } = unreachable();
  await test.restart({ startWorker: start });
  const id = await add(test, { parts: 2, endings: { 1: ending } });
  await test.until(id, (task) => task.checkpoint?.partsDone === 2);
  const [frozen = 0] = pids;
  await expect.poll(() => stateOf(frozen)).toBe('T');
  // To the first look after the lease of a minute is over.
  test.clock.advance(65_000);
  const task = await test.until(id, is('completed'));
  expect(task).toMatchObject({ attempt: 2, workerLosses: 1 });
  expect(isAlive(frozen)).toBe(true);
  process.kill(frozen, 'SIGCONT');
  // It goes on, says what it wants to do, and is ended for it.
  await expect.poll(() => isAlive(frozen)).toBe(false);
  const names = await readdir(join(test.dir, 'out'));
  expect(names.filter((name) => !name.startsWith('.'))).toEqual(['made.txt']);
  if (ending === 'freeze at check') expect(names).toEqual(['made.txt']);
  expect(await test.engine.api.getTask({ id })).toEqual(task);
  expect((await test.engine.api.getAttempts({ id })).attempts.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([[2, 'completed'], [1, 'lost']]);
});

it('an attempt whose save the store refuses for good fails with the reason, instead of waiting or beginning again without end', async () => {
  const test = await openTestEngine();
  const id = await add(test, { savesNonsense: true });
  const failed = await test.until(id, is('failed'));
  expect(failed).toMatchObject({ attempt: 1, error: { code: 'STORE_FAILED', retryable: false } });
  expect((await test.engine.api.getAttempts({ id })).attempts).toMatchObject([{ outcome: 'failed' }]);
});
