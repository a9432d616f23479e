/** Lists that no index answers, over a million tasks: how long each takes, how long a portion holds the store's thread, and how long others wait meanwhile. */
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '../src/main/engine/store/database.ts';
import type { Operations } from '../src/main/engine/store/operations.ts';
import type { ListFilter, Store } from '../src/main/engine/store/store.ts';
import { createOperations } from '../src/main/engine/store/task-store.ts';
import { fillWithFinished } from './finished-tasks.ts';
import type { Print } from './print.ts';
import { NOW, openBenchStore, round, spread, threadMs, withFolder } from './store-folder.ts';

const ROWS = 1_000_000;
const ASK_EVERY_MS = 5;
/** What a caller of the store gives a portion: list-portions.ts. */
const BUDGET_MS = 10;

const PAGE = { limit: 100, offset: 0 } as const;
const LISTS: Readonly<Record<string, ListFilter>> = {
  'a text that is nowhere': { ...PAGE, text: 'nowhere to be found' }, 'a text that is everywhere': { ...PAGE, text: 'holiday' },
  'sorted by change': { ...PAGE, sort: 'updated' }, 'sorted by duration, page 5,000': { ...PAGE, sort: 'duration', offset: 500_000 }, 'of an owner': { ...PAGE, owner: 'nobody' },
};

/** One line per list. */
export async function runListsBench(print: Print): Promise<void> {
  await withFolder(async (dir) => {
    fillWithFinished(dir, ROWS);
    const held = new Map(holdsOf(dir));
    const store = await openBenchStore(dir);
    try {
      for (const [name, filter] of Object.entries(LISTS)) {
        const { tookMs, waitedMs, total } = await listOne(store, filter);
        print({ case: `list of 1,000,000 tasks: ${name}`, ...held.get(name), target: 'worst <= 50 ms', tookMs: round(tookMs, 0), total, othersWaitedMs: spread(waitedMs) });
      }
    } finally {
      await store.close();
    }
  });
}

/** In this thread: the portions by themselves, and all in one go. */
function holdsOf(dir: string): [string, object][] {
  const db = openDatabase({ dir, now: NOW });
  const operations = createOperations(db);
  const measured = Object.entries(LISTS).map(([name, filter]): [string, object] => {
    const [heldMs, processorMs]: [number[], number[]] = [[], []];
    for (let after: number | null = 0; after !== null; ) {
      const [startMs, usedMs] = [performance.now(), threadMs()];
      const { next }: ReturnType<Operations['scan']> = operations.scan({ filter, after, budgetMs: BUDGET_MS });
      heldMs.push(performance.now() - startMs);
      processorMs.push(threadMs() - usedMs);
      after = next;
    }
    const startMs = performance.now();
    operations.listIds(filter);
    return [name, { processorMs: spread(processorMs), heldMs: spread(heldMs), inOneGoMs: round(performance.now() - startMs, 0), portions: heldMs.length }];
  });
  db.close();
  return measured;
}

async function listOne(store: Store, filter: ListFilter): Promise<{ tookMs: number; waitedMs: number[]; total: number }> {
  const waitedMs: number[] = [];
  const startMs = performance.now();
  let tookMs = 0;
  const listing = store.listIds(filter).finally(() => (tookMs = performance.now() - startMs));
  do {
    const askedMs = performance.now();
    await store.setSetting('bench', String(waitedMs.length));
    waitedMs.push(performance.now() - askedMs);
    await wait(ASK_EVERY_MS);
  } while (tookMs === 0);
  return { tookMs, waitedMs, total: (await listing).total };
}
