/** Tasks that do nothing, end to end with ten workers, against raw better-sqlite3 with one FULL commit per job. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { createEngine } from '../src/main/engine/index.ts';
import { openStore } from '../src/main/engine/store/client.ts';
import { serveOrders } from '../src/main/engine/workers/serve.ts';
import type { StartWorkerProcess } from '../src/main/engine/workers/worker-process.ts';
import { noopHandlers } from './noop-handlers.ts';
import type { Print } from './print.ts';

const WORKERS = 10;
const TASKS = 3_000;
const RAW_JOBS = 2_000;
const ROUNDS = 3;
/** The target: twice the rate of a loop that commits once per job. */
const TARGET = 2;

/** Ways to run a task that does nothing, from the whole product to its bookkeeping alone. */
const KINDS: readonly { readonly name: string; rate(): Promise<number> }[] = [
  { name: `${WORKERS} worker processes (the product)`, rate: () => engineRate(undefined) },
  { name: `${WORKERS} workers in the engine's process`, rate: () => engineRate(startInProcess) },
  { name: `${WORKERS} slots on the store alone, each with one task claimed ahead, as the scheduler does`, rate: storeRate },
];

/** Prints tasks per second and the ratio for each kind. */
export async function runNoopBench(print: Print): Promise<void> {
  const rounds: { raw: number; rates: number[] }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const rates: number[] = [];
    const raw = await rawRate();
    for (const kind of KINDS) rates.push(await kind.rate());
    rounds.push({ raw, rates });
  }
  const raw = median(rounds.map((round) => round.raw));
  for (const [at, { name }] of KINDS.entries()) {
    const ours = median(rounds.map(({ rates }) => rates[at] ?? 0));
    const ratio = median(rounds.map((round) => (round.rates[at] ?? 0) / round.raw));
    print({ case: `no-op, ${name}`, ratio: round2(ratio), target: `>= ${TARGET}`, ours: `${Math.round(ours)} tasks/s`, raw: `${Math.round(raw)} one-commit jobs/s`, tasks: TASKS, rounds: ROUNDS });
  }
}

async function engineRate(startWorker: StartWorkerProcess | undefined): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-noop-'));
  try {
    await mkdir(join(dir, 'recipes'));
    await writeFile(join(dir, 'recipes', 'noop.json'), JSON.stringify({ name: 'noop', type: 'video_thumbnail', description: 'Nothing.', options: {} }));
    const input = join(dir, 'input');
    await writeFile(input, 'x');
    const tools = { ffmpegPath: '/none', ffprobePath: '/none', whisperCliPath: null, bundledModelsDir: '/none', modelsDir: '/none' };
    const engine = await createEngine({
      dataDir: join(dir, 'data'), codeDir: join(import.meta.dirname, 'noop'), recipesDir: join(dir, 'recipes'),
      work: { tools, concurrency: { media: WORKERS }, ...(startWorker ? { startWorker } : {}) },
    });
    const run = async (count: number): Promise<number> => {
      let left = count;
      const done = Promise.withResolvers<void>();
      const off = engine.on((event) => {
        if (event.kind !== 'task' || event.task.status !== 'completed') return;
        left -= 1;
        if (left === 0) done.resolve();
      });
      const startMs = performance.now();
      await engine.api.addTasks({ tasks: Array.from({ length: count }, () => ({ input, recipe: 'noop' })) });
      await done.promise;
      off();
      return count / ((performance.now() - startMs) / 1000);
    };
    // The first tasks start the workers.
    await run(WORKERS * 5);
    const rate = await run(TASKS);
    await engine.close();
    return rate;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The durable part alone: what ends and what is claimed next share a commit. */
async function storeRate(): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-noop-'));
  const store = await openStore({ dir, threadPath: join(import.meta.dirname, 'noop', 'store-thread.js'), now: Date.now() });
  try {
    const draft = { type: 'video_thumbnail', recipe: 'noop', queue: 'media', priority: 5, inputs: ['/input'], outputDir: null, options: {}, maxRetries: 3, dependsOn: [], runAt: null } as const;
    await store.insertTasks(Array.from({ length: TASKS }, () => draft), Date.now());
    const claim = (limit: number) => store.claim({ queue: 'media', limit, leaseOwner: 'bench', leaseUntil: Date.now() + 60_000, now: Date.now() });
    // While a hand of tasks ends and its successors are claimed in the same commit, the workers have the other hand.
    const hand = async (): Promise<void> => {
      let endings: Promise<unknown>[] = [];
      for (let claimed = await claim(WORKERS); claimed.length > 0; ) {
        endings = claimed.map(({ task: { id, attempt } }) => store.complete({ id, attempt, leaseOwner: 'bench', now: Date.now(), durationMs: 0, warnings: [], outputs: [], message: 'done', pace: null }));
        claimed = await claim(claimed.length);
      }
      await Promise.all(endings);
    };
    const startMs = performance.now();
    const first = hand();
    // In a turn of its own, as in the scheduler, where a worker that gets free finds the next task there already.
    await setImmediate();
    await Promise.all([first, hand()]);
    return TASKS / ((performance.now() - startMs) / 1000);
  } finally {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  }
}

/** What the forked process does, without the fork: the protocol and the attempt stay. */
const startInProcess: StartWorkerProcess = () => {
  const toEngine: ((message: unknown) => void)[] = [];
  const toWorker: ((message: unknown) => void)[] = [];
  const exits: ((how: string) => void)[] = [];
  serveOrders(noopHandlers, {
    send: (message) => queueMicrotask(() => toEngine.forEach((listener) => listener(message))),
    onMessage: (listener) => void toWorker.push(listener),
  });
  return {
    pid: undefined,
    send: (message) => queueMicrotask(() => toWorker.forEach((listener) => listener(message))),
    onMessage: (listener) => void toEngine.push(listener),
    onExit: (listener) => void exits.push(listener),
    kill: () => exits.forEach((listener) => listener('ended')),
  };
};

/** The baseline: one row per job, marked done in a commit of its own, as safe as ours. */
async function rawRate(): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-raw-'));
  try {
    const db = new Database(join(dir, 'raw.db'));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec("CREATE TABLE job (id INTEGER PRIMARY KEY, status TEXT NOT NULL, payload TEXT NOT NULL); CREATE INDEX job_pending ON job (id) WHERE status = 'pending'");
    const insert = db.prepare("INSERT INTO job (status, payload) VALUES ('pending', ?)");
    db.transaction(() => {
      for (let at = 0; at < RAW_JOBS; at += 1) insert.run(`{"input":"/media/${at}.mp4"}`);
    })();
    const take = db.prepare("UPDATE job SET status = 'done' WHERE id = (SELECT id FROM job WHERE status = 'pending' ORDER BY id LIMIT 1)");
    const startMs = performance.now();
    for (let at = 0; at < RAW_JOBS; at += 1) take.run();
    const rate = RAW_JOBS / ((performance.now() - startMs) / 1000);
    db.close();
    return rate;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[middle - 1 + (sorted.length % 2)], sorted[middle]];
  return ((low ?? 0) + (high ?? 0)) / 2;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
