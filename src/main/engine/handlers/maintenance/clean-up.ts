/** Takes what is long over off the list and out of the store, in portions that nobody else waits for; the history keeps a line of each. */
import { setImmediate } from 'node:timers/promises';
import type { Store } from '../../store/store.ts';
import type { Upkeep, UpkeepRun } from './upkeep.ts';

const HOUR_MS = 3_600_000;
const MB = 1_000_000;
/** The store works on removals for so long at a time; with the commit that follows it stays below the 50 ms that others may wait. */
export const BUDGET_MS = 10;
/** Rows of the history that are measured or forgotten at a time: some milliseconds. */
const HISTORY_STEP = 2_000;

/** The daily clean-up. The settings say what is old and how much history is kept. */
export const cleanUp: Upkeep = async (run, { store, clock, settings, onGone }) => {
  const hours = Number(settings()['cleanUp.afterHours']);
  let removed = 0;
  let freedBytes = 0;
  if (hours > 0) {
    const before = clock.now() - hours * HOUR_MS;
    let after: Parameters<Store['pruneTasks']>[0]['after'] = null;
    do {
      run.signal.throwIfAborted();
      const portion = await store.pruneTasks({ before, after, budgetMs: BUDGET_MS });
      removed += portion.removed;
      freedBytes += portion.freedBytes;
      after = portion.next;
      onGone(portion.listed);
      run.progress(removed, 0, `removed ${formatCount(removed)} tasks`);
      // Whoever waited for this thread comes first.
      await setImmediate();
    } while (after !== null);
  }
  const forgotten = await trimHistory(run, store, { rows: Number(settings()['history.maxTasks']), bytes: Number(settings()['history.maxMb']) * MB });
  if (forgotten > 0) run.log(`forgot the oldest ${formatCount(forgotten)} entries of the history`);
  if (removed === 0) return { message: 'nothing to remove', isQuiet: true };
  const size = formatSize(freedBytes);
  return { message: removed === 1 ? `removed 1 task, ${size}` : `removed ${formatCount(removed)} tasks, ${size}`, isQuiet: false };
};

/** Forgets what is beyond either limit, the oldest first; how many. */
async function trimHistory({ signal }: UpkeepRun, store: Store, limit: { readonly rows: number; readonly bytes: number }): Promise<number> {
  const cut = await beyondLimit(signal, store, limit);
  let forgotten = 0;
  for (let gone = cut === null ? 0 : HISTORY_STEP; cut !== null && gone === HISTORY_STEP; ) {
    signal.throwIfAborted();
    gone = await store.trimHistory(cut, HISTORY_STEP);
    forgotten += gone;
    await setImmediate();
  }
  return forgotten;
}

/** The newest entry that does not fit any more; null: all do. */
async function beyondLimit(signal: AbortSignal, store: Store, limit: { readonly rows: number; readonly bytes: number }): Promise<number | null> {
  let rows = 0;
  let bytes = 0;
  for (let before: number | null = null; ; ) {
    signal.throwIfAborted();
    const { rows: page }: Awaited<ReturnType<Store['measureHistory']>> = await store.measureHistory(before, HISTORY_STEP);
    for (const { id, bytes: size } of page) {
      rows += 1;
      bytes += size;
      if (rows > limit.rows || bytes > limit.bytes) return id;
    }
    if (page.length < HISTORY_STEP) return null;
    before = page.at(-1)?.id ?? null;
    await setImmediate();
  }
}

function formatCount(count: number): string {
  return count.toLocaleString('en');
}

function formatSize(bytes: number): string {
  return bytes < MB ? `${Math.ceil(bytes / 1000)} kB` : `${Math.round(bytes / MB)} MB`;
}
