/** Tasks that do nothing, end to end, against hand-made queues on better-sqlite3 alone with the same FULL commits. */
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

const TASKS = 3_000;
const RAW_TASKS = 2_000;
const ROUNDS = 3;

/** Hand-made queues on better-sqlite3 alone, as safe as ours: what a task takes, and how many share a commit. */
const BASELINES = {
  'one commit a task': { commits: ['done'], together: 1 },
  'two commits a task': { commits: ['running', 'done'], together: 1 },
  'two commits for ten tasks': { commits: ['running', 'done'], together: 10 },
} as const;
type Baseline = keyof typeof BASELINES;

interface Kind {
  readonly name: string;
  /** What the ratio shall at least be, by baseline. */
  readonly targets: Partial<Record<Baseline, number>>;
  rate(): Promise<number>;
}

/** Ways to run a task that does nothing, from the whole product to its bookkeeping alone. */
const KINDS: readonly Kind[] = [10, 1].flatMap((workers): Kind[] => {
  const targets: Kind['targets'] = workers === 1 ? { 'two commits a task': 1.5 } : { 'one commit a task': 2, 'two commits for ten tasks': 0.5 };
  const many = workers === 1 ? '1 worker' : `${workers} workers`;
  return [
    { name: `${many}: processes (the product)`, targets, rate: () => engineRate(workers, undefined) },
    { name: `${many} in the engine's process`, targets, rate: () => engineRate(workers, startInProcess) },
    { name: `${many} on the store alone, each with one task claimed ahead, as the scheduler does`, targets, rate: () => storeRate(workers) },
  ];
});

/** Prints tasks per second and the ratio to each baseline that has a target. */
export async function runNoopBench(print: Print): Promise<void> {
  const rounds: { raw: Record<Baseline, number>; rates: number[] }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const rates: number[] = [];
    const raw = { 'one commit a task': await rawRate('one commit a task'), 'two commits a task': await rawRate('two commits a task'), 'two commits for ten tasks': await rawRate('two commits for ten tasks') };
    for (const kind of KINDS) rates.push(await kind.rate());
    rounds.push({ raw, rates });
  }
  for (const [at, { name, targets }] of KINDS.entries()) {
    for (const baseline of BASELINE_NAMES) {
      const target = targets[baseline];
      if (target === undefined) continue;
      const ours = median(rounds.map(({ rates }) => rates[at] ?? 0));
      const raw = median(rounds.map((round) => round.raw[baseline]));
      const ratio = median(rounds.map((round) => (round.rates[at] ?? 0) / round.raw[baseline]));
      print({ case: `no-op, ${name}`, ratio: round2(ratio), target: `>= ${target}`, ours: `${Math.round(ours)} tasks/s`, raw: `${Math.round(raw)} tasks/s, ${baseline}`, tasks: TASKS, rounds: ROUNDS });
    }
  }
}

const BASELINE_NAMES = Object.keys(BASELINES).filter((name): name is Baseline => name in BASELINES);

async function engineRate(workers: number, startWorker: StartWorkerProcess | undefined): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-noop-'));
  try {
    await mkdir(join(dir, 'recipes'));
    await writeFile(join(dir, 'recipes', 'noop.json'), JSON.stringify({ name: 'noop', type: 'video_thumbnail', version: 1, purpose: 'other', title: { en: 'Nothing.', zh: 'Nothing.' }, description: { en: 'Nothing.', zh: 'Nothing.' }, options: {} }));
    const input = join(dir, 'input');
    await writeFile(input, 'x');
    const tools = { ffmpegPath: '/none', ffprobePath: '/none', whisperCliPath: null, libreOfficePath: null, bundledModelsDir: '/none', modelsDir: '/none' };
    const engine = await createEngine({
      dataDir: join(dir, 'data'), codeDir: join(import.meta.dirname, 'noop'), recipesDir: join(dir, 'recipes'),
      work: { tools, concurrency: { media: workers }, ...(startWorker ? { startWorker } : {}) },
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
    await run(workers * 5);
    const rate = await run(TASKS);
    await engine.close();
    return rate;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The durable part alone: what ends and what is claimed next share a commit. */
async function storeRate(workers: number): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-noop-'));
  const store = await openStore({ dir, threadPath: join(import.meta.dirname, 'noop', 'store-thread.js'), now: Date.now() });
  try {
    const draft = { type: 'video_thumbnail', recipe: 'noop', queue: 'media', priority: 5, inputs: ['/input'], outputDir: null, options: {}, maxRetries: 3, dependsOn: [], runAt: null } as const;
    await store.insertTasks(Array.from({ length: TASKS }, () => draft), Date.now());
    const claim = (limit: number) => store.claim({ queue: 'media', limit, leaseOwner: 'bench', leaseUntil: Date.now() + 60_000, now: Date.now() });
    // While a hand of tasks ends and its successors are claimed in the same commit, the workers have the other hand.
    const hand = async (): Promise<void> => {
      let endings: Promise<unknown>[] = [];
      for (let claimed = await claim(workers); claimed.length > 0; ) {
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

/** One row per task, moved through its statuses in commits of its own or in commits that several share. */
async function rawRate(baseline: Baseline): Promise<number> {
  const { commits, together } = BASELINES[baseline];
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-raw-'));
  try {
    const db = new Database(join(dir, 'raw.db'));
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec("CREATE TABLE job (id INTEGER PRIMARY KEY, status TEXT NOT NULL, payload TEXT NOT NULL); CREATE INDEX job_pending ON job (id) WHERE status = 'pending'");
    const insert = db.prepare("INSERT INTO job (status, payload) VALUES ('pending', ?)");
    db.transaction(() => {
      for (let at = 0; at < RAW_TASKS; at += 1) insert.run(`{"input":"/media/${at}.mp4"}`);
    })();
    const select = db.prepare<[number], number>("SELECT id FROM job WHERE status = 'pending' ORDER BY id LIMIT ?").pluck();
    const update = db.prepare<[string, number]>('UPDATE job SET status = ? WHERE id = ?');
    const move = db.transaction((status: string, ids: readonly number[]) => {
      for (const id of ids) update.run(status, id);
    });
    const startMs = performance.now();
    for (let ids = select.all(together); ids.length > 0; ids = select.all(together)) for (const status of commits) move(status, ids);
    const rate = RAW_TASKS / ((performance.now() - startMs) / 1000);
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
