/** How long others wait for a commit of their own while a copy of a large store is made, and right after it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Store } from '../src/main/engine/store/store.ts';
import { fillWithFinished } from './finished-tasks.ts';
import type { Print } from './print.ts';
import { draft, NOW, openBenchStore, quantile, round, spread, withFolder } from './store-folder.ts';

const ROWS = 300_000;
const ROUNDS = 3;
const CALM_MS = 10_000;
/** What was held back during the copy is written back by the commits after it. */
const AFTER_MS = 2_000;
/** Tasks that are added by a commit, so that the log grows as on a busy day; and the pause after it. */
const BATCH = 20;
const PAUSE_MS = 5;

/** One line: waits without a copy and with one, of the same kind of commits. */
export async function runBackupBench(print: Print): Promise<void> {
  await withFolder(async (dir) => {
    mkdirSync(join(dir, 'data'));
    fillWithFinished(join(dir, 'data'), ROWS);
    const store = await openBenchStore(join(dir, 'data'));
    try {
      const [calm, during, after, tookMs]: [number[], number[], number[], number[]] = [[], [], [], []];
      for (let turn = 0; turn < ROUNDS; turn += 1) {
        calm.push(...(await commitsDuring(store, () => wait(CALM_MS))));
        const startMs = performance.now();
        during.push(...(await commitsDuring(store, () => store.backup(NOW + turn * 60_000, 'manual'))));
        tookMs.push(performance.now() - startMs);
        after.push(...(await commitsDuring(store, () => wait(AFTER_MS))));
      }
      print({
        case: `backup of ${ROWS} tasks, waits of others for a commit of ${BATCH} tasks`, duringMs: spread(during), afterMs: spread(after), calmMs: spread(calm),
        commits: during.length, seconds: round(quantile(tookMs, 0.5) / 1000, 1), rounds: ROUNDS,
      });
    } finally {
      await store.close();
    }
  });
}

async function commitsDuring(store: Store, work: () => Promise<unknown>): Promise<number[]> {
  const waitedMs: number[] = [];
  let isOver = false;
  const working = work().finally(() => (isOver = true));
  while (!isOver) {
    const startMs = performance.now();
    await store.insertTasks(Array.from({ length: BATCH }, (_, n) => draft(n)), NOW);
    waitedMs.push(performance.now() - startMs);
    await wait(PAUSE_MS);
  }
  await working;
  return waitedMs;
}
