/** How soon the engine answers to what happens: new work, a dead worker, a crash; and what it does while there is nothing to do. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createEngine, type Engine } from '../src/main/engine/index.ts';
import { openDatabase } from '../src/main/engine/store/database.ts';
import { createOperations } from '../src/main/engine/store/task-store.ts';
import type { Print } from './print.ts';
import { createdAfterMs, NOW, packedDraft, quantile, round, withFolder } from './store-folder.ts';

const PICKUPS = 100;
const RESCUES = 5;
const CRASHED_ROWS = 1_000_000;
const PORTION = 10_000;
const IDLE_SECONDS = 20;

/** One line per case. */
export async function runAnswersBench(print: Print): Promise<void> {
  print(await pickup());
  print(await rescueOfWorker());
  await withFolder(async (dir) => print(await firstClaimAfterCrash(dir)));
  print(await idle());
}

/** From the commit of a new task to the moment at which it runs; the worker is warm, as it is within a batch. */
async function pickup(): Promise<object> {
  return withEngine('noop', async ({ engine, input }) => {
    const tookMs: number[] = [];
    for (let n = -5; n < PICKUPS; n += 1) {
      const done = until(engine, 'completed');
      const running = until(engine, 'running');
      await engine.api.addTasks({ tasks: [{ input, recipe: 'noop' }] });
      const startMs = performance.now();
      await running;
      if (n >= 0) tookMs.push(performance.now() - startMs);
      await done;
      await wait(20);
    }
    return { case: 'answers: pickup of a new task, after its commit', p50Ms: round(quantile(tookMs, 0.5), 2), p99Ms: round(quantile(tookMs, 0.99), 2), target: 'p50 <= 2 ms', tasks: PICKUPS };
  });
}

/** kill -9 of the worker under a task, until the task runs again. */
async function rescueOfWorker(): Promise<object> {
  return withEngine('endless', async ({ engine, input }) => {
    const tookMs: number[] = [];
    const running = until(engine, 'running');
    await engine.api.addTasks({ tasks: [{ input, recipe: 'endless' }] });
    await running;
    for (let n = 0; n < RESCUES; n += 1) {
      if (n > 0 && n % 2 === 0) {
        // Three lost workers make a task a dead letter: a fresh one.
        const { tasks } = await engine.api.listTasks({ status: ['running'] });
        await engine.api.cancelTasks({ ids: tasks.map(({ id }) => id) });
        const next = until(engine, 'running');
        await engine.api.addTasks({ tasks: [{ input, recipe: 'endless' }] });
        await next;
      }
      await wait(300);
      const again = until(engine, 'running');
      const startMs = performance.now();
      for (const pid of await childPids()) process.kill(pid, 'SIGKILL');
      await again;
      tookMs.push(performance.now() - startMs);
    }
    return { case: 'answers: rescue after a worker was killed', medianMs: round(quantile(tookMs, 0.5), 1), worstMs: round(Math.max(...tookMs), 1), target: '<= 1000 ms', kills: RESCUES };
  });
}

/** From the start of the engine to its first claim, on a folder that a crash left with a million rows and a running task. */
async function firstClaimAfterCrash(dir: string): Promise<object> {
  const dataDir = join(dir, 'data');
  await mkdir(dataDir, { recursive: true });
  const db = openDatabase({ dir: dataDir, now: NOW });
  const operations = createOperations(db);
  for (let at = 0; at < CRASHED_ROWS; at += PORTION) {
    db.exec('BEGIN IMMEDIATE');
    for (let n = at; n < at + PORTION; n += 1) operations.insertTasks([packedDraft(n)], NOW + createdAfterMs(n));
    db.exec('COMMIT');
  }
  operations.claim({ queue: 'media', limit: 4, leaseOwner: 'crashed', leaseUntil: NOW, now: NOW });
  db.close();
  const startMs = performance.now();
  return withEngine('endless', async ({ engine }) => {
    const running = until(engine, 'running');
    const openMs = performance.now() - startMs;
    await running;
    const tookMs = performance.now() - startMs;
    return { case: 'answers: first claim after a crash, 1,000,000 rows', openMs: round(openMs, 0), tookMs: round(tookMs, 0), rescued: engine.recovered?.rescued.length, target: '<= 2000 ms' };
  }, dataDir);
}

/** The product's own `run` on an empty queue: commits, and how often its threads wake up (Linux tells). */
async function idle(): Promise<object> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-idle-'));
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main', 'cli.js'), 'run', '--data', dir], { stdio: ['ignore', 'ignore', 'ignore'] });
  try {
    const wal = join(dir, 'longhaul.db-wal');
    await wait(8_000);
    const [bytesBefore, wakesBefore] = [await sizeOf(wal), await wakeUps(child.pid)];
    await wait(IDLE_SECONDS * 1000);
    const [bytesAfter, wakesAfter] = [await sizeOf(wal), await wakeUps(child.pid)];
    return {
      case: 'answers: idle', logBytesWritten: bytesAfter - bytesBefore, wakeUpsPerSecond: wakesBefore === null || wakesAfter === null ? null : round((wakesAfter - wakesBefore) / IDLE_SECONDS, 2),
      target: 'no commit, <= 1 wake-up a second', seconds: IDLE_SECONDS,
    };
  } finally {
    child.kill('SIGKILL');
    await rm(dir, { recursive: true, force: true });
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => ({ size: 0 }))).size;
}

/** Times that a process's threads gave the processor back by themselves, all added up: proc(5), voluntary_ctxt_switches. */
async function wakeUps(pid: number | undefined): Promise<number | null> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => null);
  if (threads === null) return null;
  let sum = 0;
  for (const thread of threads) {
    const status = await readFile(`/proc/${pid}/task/${thread}/status`, 'utf8').catch(() => '');
    sum += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return sum;
}

/** Linux: processes whose parent is this one. */
async function childPids(): Promise<number[]> {
  const text = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
  return text.split(' ').filter((word) => word !== '').map(Number);
}

function until(engine: Engine, status: 'running' | 'completed'): Promise<void> {
  return new Promise((resolve) => {
    const off = engine.on((event) => {
      if (event.kind !== 'task' || event.task.status !== status) return;
      off();
      resolve();
    });
  });
}

async function withEngine<T>(recipe: string, use: (parts: { engine: Engine; input: string }) => Promise<T>, dataDir?: string): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-answers-'));
  try {
    await mkdir(join(dir, 'recipes'));
    await writeFile(join(dir, 'recipes', `${recipe}.json`), JSON.stringify({ name: recipe, type: recipe === 'noop' ? 'video_thumbnail' : 'video_preview', version: 1, purpose: 'other', title: { en: 'For the bench.', zh: 'For the bench.' }, description: { en: 'For the bench.', zh: 'For the bench.' }, options: {} }));
    const input = join(dir, 'input');
    await writeFile(input, 'x');
    const tools = { ffmpegPath: '/none', ffprobePath: '/none', whisperCliPath: null, libreOfficePath: null, bundledModelsDir: '/none', modelsDir: '/none' };
    const engine = await createEngine({ dataDir: dataDir ?? join(dir, 'data'), codeDir: join(import.meta.dirname, 'noop'), recipesDir: join(dir, 'recipes'), work: { tools } });
    try {
      return await use({ engine, input });
    } finally {
      await engine.close();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
