/** The store against better-sqlite3 alone: same disk, same process, same row, rounds in turn. */
import { join } from 'node:path';
import type { Store } from '../src/main/engine/store/store.ts';
import { runClaimBench } from './claims.ts';
import type { Print } from './print.ts';
import { openRawStore, type RawStore } from './raw-store.ts';
import { draft, NOW, openBenchStore, quantile, rawTask, round, withFolder } from './store-folder.ts';

/** Rounds in turn, ours and raw: what else the machine does hits both, and the median ratio leaves out the odd round. */
const ROUNDS = 9;
const SINGLES = 200;
const BATCHES = 5;
const BATCH_SIZE = 1000;
const CALLERS = 10;
const CALLS_EACH = 50;

/** Prints one line per case: enqueue one by one, in batches, with ten callers, and claims with a million waiting. */
export async function runStoreBench(print: Print): Promise<void> {
  await withFolder(async (dir) => {
    const store = await openBenchStore(join(dir, 'ours'));
    const raw = openRawStore(join(dir, 'raw.db'));
    print(await enqueueOne(store, raw));
    print(await enqueueBatch(store, raw));
    print(await enqueueInFlight(store, raw));
    raw.close();
    await store.close();
  });
  await runClaimBench(print);
}

async function enqueueOne(store: Store, raw: RawStore): Promise<object> {
  const rates = await inTurn(
    async () => {
      for (let n = 0; n < SINGLES; n += 1) await store.insertTasks([draft(n)], NOW);
    },
    () => {
      for (let n = 0; n < SINGLES; n += 1) raw.insert(rawTask(n));
    },
    SINGLES,
  );
  return { case: 'store: enqueue one by one', ...rates, target: '>= 0.8', unit: 'tasks/s', tasks: SINGLES, rounds: ROUNDS };
}

async function enqueueBatch(store: Store, raw: RawStore): Promise<object> {
  const drafts = Array.from({ length: BATCH_SIZE }, (_, n) => draft(n));
  const rawTasks = drafts.map((_, n) => rawTask(n));
  const rates = await inTurn(
    async () => {
      for (let n = 0; n < BATCHES; n += 1) await store.insertTasks(drafts, NOW);
    },
    () => {
      for (let n = 0; n < BATCHES; n += 1) raw.insertAll(rawTasks);
    },
    BATCHES * BATCH_SIZE,
  );
  return { case: `store: enqueue batches of ${BATCH_SIZE}`, ...rates, target: '>= 0.3', unit: 'tasks/s', tasks: BATCHES * BATCH_SIZE, rounds: ROUNDS };
}

/** Raw as good as it gets: a commit for as many tasks as there are callers. */
async function enqueueInFlight(store: Store, raw: RawStore): Promise<object> {
  const tasks = CALLERS * CALLS_EACH;
  const rates = await inTurn(
    async () => {
      await Promise.all(Array.from({ length: CALLERS }, async () => {
        for (let n = 0; n < CALLS_EACH; n += 1) await store.insertTasks([draft(n)], NOW);
      }));
    },
    () => {
      for (let n = 0; n < tasks; n += CALLERS) raw.insertAll(Array.from({ length: CALLERS }, (_, at) => rawTask(n + at)));
    },
    tasks,
  );
  return { case: `store: enqueue one by one, ${CALLERS} callers`, ...rates, target: '>= 0.3', unit: 'tasks/s', tasks, rounds: ROUNDS };
}

/** Per second, ours and raw by turns, each first every other time: medians, and the median of the rounds' ratios. */
async function inTurn(ours: () => Promise<void>, raw: () => void, count: number): Promise<{ ratio: number; ours: number; raw: number }> {
  const rounds: { ours: number; raw: number }[] = [];
  for (let turn = -1; turn < ROUNDS; turn += 1) {
    const rates = { ours: 0, raw: 0 };
    const sides = [async () => void (rates.raw = await rateOf(raw, count)), async () => void (rates.ours = await rateOf(ours, count))];
    for (const side of turn % 2 === 0 ? sides : sides.reverse()) await side();
    // The first turn warms both up.
    if (turn >= 0) rounds.push(rates);
  }
  return {
    ratio: round(quantile(rounds.map((rates) => rates.ours / rates.raw), 0.5), 3),
    ours: round(quantile(rounds.map((rates) => rates.ours), 0.5), 0),
    raw: round(quantile(rounds.map((rates) => rates.raw), 0.5), 0),
  };
}

async function rateOf(work: () => Promise<void> | void, count: number): Promise<number> {
  const startMs = performance.now();
  await work();
  return (count * 1000) / (performance.now() - startMs);
}
