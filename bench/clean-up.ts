/** The nightly clean-up of a million finished tasks, and how long others wait for the store meanwhile. */
import { setTimeout as wait } from 'node:timers/promises';
import { cleanUp } from '../src/main/engine/handlers/maintenance/clean-up.ts';
import { maintenanceOptions } from '../src/shared/options.ts';
import { resolveSettings } from '../src/shared/settings.ts';
import { Recipes } from '../src/main/engine/recipes.ts';
import { openDatabase } from '../src/main/engine/store/database.ts';
import type { Store } from '../src/main/engine/store/store.ts';
import { createOperations } from '../src/main/engine/store/task-store.ts';
import type { Print } from './print.ts';
import { NOW, openBenchStore, packedDraft, quantile, round, withFolder } from './store-folder.ts';

const ROWS = 1_000_000;
const PORTION = 10_000;
const DAY_MS = 86_400_000;
/** How often somebody else asks for a commit. */
const ASK_EVERY_MS = 20;
const CALM_ASKS = 250;

/** One line: what others wait for a commit of their own while the clean-up runs, beside what they wait when nothing does. */
export async function runCleanUpBench(print: Print): Promise<void> {
  await withFolder(async (dir) => {
    fill(dir);
    const store = await openBenchStore(dir);
    try {
      const calmMs = await askUntil(store, (asked) => asked >= CALM_ASKS);
      let isOver = false;
      const startMs = performance.now();
      const asking = askUntil(store, () => isOver);
      const { message } = await cleanAll(store);
      isOver = true;
      const seconds = (performance.now() - startMs) / 1000;
      const busyMs = await asking;
      print({
        case: 'clean-up of 1,000,000 finished tasks, waits of others for a commit', p50Ms: round(quantile(busyMs, 0.5), 1), p99Ms: round(quantile(busyMs, 0.99), 1), worstMs: round(Math.max(...busyMs), 1),
        target: 'worst <= 50 ms', calm: { p50Ms: round(quantile(calmMs, 0.5), 1), p99Ms: round(quantile(calmMs, 0.99), 1), worstMs: round(Math.max(...calmMs), 1) },
        asks: busyMs.length, seconds: round(seconds, 1), message,
      });
    } finally {
      await store.close();
    }
  });
}

/** Each with an attempt and two lines of log, as a task that went well has them. */
function fill(dir: string): void {
  const db = openDatabase({ dir, now: NOW });
  const operations = createOperations(db);
  const complete = db.prepare(`UPDATE task SET status = 'completed', attempt = 1, completed_at = created_at + 1000, duration_ms = 1000, progress = 100 WHERE id >= ?`);
  const attempts = db.prepare(`INSERT INTO attempt (task_id, attempt, ended_at, duration_ms, outcome) SELECT id, 1, completed_at, 1000, 'completed' FROM task WHERE id >= ?`);
  const lines = db.prepare(`INSERT INTO task_log (task_id, at, line) SELECT id, completed_at, 'attempt 1 starts' FROM task WHERE id >= ?`);
  for (let at = 0; at < ROWS; at += PORTION) {
    db.exec('BEGIN IMMEDIATE');
    const [first] = operations.insertTasks(Array.from({ length: PORTION }, (_, n) => packedDraft(at + n)), NOW, []);
    for (const statement of [complete, attempts, lines, lines]) statement.run(first?.[0] ?? 0);
    db.exec('COMMIT');
  }
  db.close();
}

/** Waits for a small commit again and again; how long each took. */
async function askUntil(store: Store, isOver: (asked: number) => boolean): Promise<number[]> {
  const tookMs: number[] = [];
  while (!isOver(tookMs.length)) {
    const startMs = performance.now();
    await store.setSetting('bench', String(tookMs.length));
    tookMs.push(performance.now() - startMs);
    await wait(ASK_EVERY_MS);
  }
  return tookMs;
}

function cleanAll(store: Store): ReturnType<typeof cleanUp> {
  const quiet = (): void => undefined;
  return cleanUp(
    { id: 1, options: maintenanceOptions.parse({ action: 'cleanUp' }), scheduleId: null, name: 'clean-up', signal: new AbortController().signal, progress: quiet, log: quiet, warn: quiet },
    {
      store, clock: { now: () => NOW + 30 * DAY_MS, monotonicMs: () => performance.now(), after: () => quiet }, settings: () => resolveSettings({}), recipes: new Recipes([]),
      tools: { ffmpegPath: '', ffprobePath: '', whisperCliPath: null, bundledModelsDir: '', modelsDir: '' }, dataDir: '', localZone: () => 'UTC', onChanged: quiet, onGone: quiet,
    },
  );
}
