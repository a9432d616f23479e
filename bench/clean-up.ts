/** The nightly clean-up of a million finished tasks: how long its own operations hold the store's thread, and how long others wait for a commit meanwhile. */
import { closeSync, copyFileSync, fdatasyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type * as z from 'zod';
import { BUDGET_MS, cleanUp } from '../src/main/engine/handlers/maintenance/clean-up.ts';
import { maintenanceOptions } from '../src/shared/options.ts';
import { resolveSettings } from '../src/shared/settings.ts';
import { Recipes } from '../src/main/engine/recipes.ts';
import { DATABASE_FILE, openDatabase } from '../src/main/engine/store/database.ts';
import { createGroupCommit } from '../src/main/engine/store/group-commit.ts';
import type { PruneMark } from '../src/main/engine/store/schedule-operations.ts';
import { pruned } from '../src/main/engine/store/schedule-store.ts';
import type { Store } from '../src/main/engine/store/store.ts';
import { createOperations } from '../src/main/engine/store/task-store.ts';
import { fillWithFinished } from './finished-tasks.ts';
import type { Print } from './print.ts';
import { NOW, openBenchStore, round, spread, threadMs, withFolder } from './store-folder.ts';

const ROWS = 1_000_000;
const DAY_MS = 86_400_000;
/** How often somebody else asks for a commit. */
const ASK_EVERY_MS = 20;
const CALM_ASKS = 250;
/** What the disk alone takes for a portion's size of log is asked once in so many portions. */
const DISK_EVERY = 20;
const DISK_BYTES = 512 * 1024;

/** Two lines: the operations by themselves, beside what the disk alone takes; then the whole clean-up with others asking for commits. */
export async function runCleanUpBench(print: Print): Promise<void> {
  await withFolder(async (dir) => {
    const [holds, waits] = [join(dir, 'holds'), join(dir, 'waits')];
    for (const folder of [holds, waits]) mkdirSync(folder);
    fillWithFinished(holds, ROWS);
    copyFileSync(join(holds, DATABASE_FILE), join(waits, DATABASE_FILE));
    print(measureHolds(holds));
    print(await measureWaits(waits));
  });
}

/** In this thread, with the store's own operations and commits: nobody else's calls are in these times. */
function measureHolds(dir: string): object {
  const db = openDatabase({ dir, now: NOW });
  const operations = createOperations(db);
  const commit = createGroupCommit(db, operations);
  const [heldMs, processorMs, diskMs]: [number[], number[], number[]] = [[], [], []];
  const scratch = openSync(join(dir, 'scratch'), 'w');
  const startMs = performance.now();
  let removed = 0;
  for (let after: PruneMark | null = null, isOver = false; !isOver; ) {
    const [beforeMs, usedMs] = [performance.now(), threadMs()];
    const [reply] = commit([{ id: 1, method: 'pruneTasks', args: [{ before: NOW + 30 * DAY_MS, after, budgetMs: BUDGET_MS }] }]);
    heldMs.push(performance.now() - beforeMs);
    processorMs.push(threadMs() - usedMs);
    if (heldMs.length % DISK_EVERY === 0) diskMs.push(syncMs(scratch));
    const portion: z.infer<typeof pruned> = pruned.parse(reply !== undefined && 'value' in reply ? reply.value : reply);
    removed += portion.removed;
    after = portion.next;
    isOver = after === null;
  }
  closeSync(scratch);
  db.close();
  return {
    case: 'clean-up of 1,000,000 finished tasks, its operations by themselves, commits and checkpoints included', processorMs: spread(processorMs), heldMs: spread(heldMs), target: 'worst <= 50 ms',
    diskAloneMs: spread(diskMs), operations: heldMs.length, removed, seconds: round((performance.now() - startMs) / 1000, 1),
  };
}

async function measureWaits(dir: string): Promise<object> {
  const store = await openBenchStore(dir);
  try {
    const calmMs = await askUntil(store, (asked) => asked >= CALM_ASKS);
    let isOver = false;
    const startMs = performance.now();
    const asking = askUntil(store, () => isOver);
    const { message } = await cleanAll(store).finally(() => (isOver = true));
    const seconds = (performance.now() - startMs) / 1000;
    const busyMs = await asking;
    return { case: 'clean-up of 1,000,000 finished tasks, waits of others for a commit', waitedMs: spread(busyMs), calmMs: spread(calmMs), asks: busyMs.length, seconds: round(seconds, 1), message };
  } finally {
    await store.close();
  }
}

function syncMs(descriptor: number): number {
  const startMs = performance.now();
  writeSync(descriptor, Buffer.alloc(DISK_BYTES, 1), 0, DISK_BYTES, 0);
  fdatasyncSync(descriptor);
  return performance.now() - startMs;
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
      tools: { ffmpegPath: '', ffprobePath: '', whisperCliPath: null, libreOfficePath: null, bundledModelsDir: '', modelsDir: '' }, dataDir: '', localZone: () => 'UTC', onChanged: quiet, onGone: quiet,
    },
  );
}
