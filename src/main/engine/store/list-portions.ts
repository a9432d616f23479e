/**
 * Lists that no index answers, put together from portions on the caller's side. Each portion is a read of its own: what changes meanwhile is
 * in the list as it was when its portion was read. A second connection could read all at once, but the owner's lock keeps every other one out.
 */
import * as z from 'zod';
import { taskId, type TaskId } from '../../../shared/task.ts';
import type { Connection } from './connection.ts';
import { inOrder, listQuery, type Found } from './list-sql.ts';
import * as results from './results.ts';
import type { ListFilter, Store } from './store.ts';

/** The store's thread works on one for so long: others wait that much longer at most. */
const BUDGET_MS = 10;

const next = taskId.nullable();
const scanned = z.object({ found: z.array(z.tuple([taskId, z.number().nullable()])), total: z.int().nonnegative(), next });
const scannedFolders = z.object({ folders: results.draftFolders, next });
const scannedCauses = z.object({ causes: z.array(z.object({ code: z.string().nullable(), tasks: z.int().positive() })), next });

/** The store's lists of tasks, and of the folders they write to: at once where an index answers, else in portions. */
export function createLists(ask: Connection['ask']): Pick<Store, 'list' | 'listIds' | 'causes' | 'draftFolders'> {
  return {
    async list(filter) {
      if (!listQuery(filter).isPortioned) return await ask('list', [filter], results.page);
      const { ids, total } = await listInPortions(ask, filter);
      return { tasks: await ask('getMany', [ids], results.storedTasks), total };
    },
    listIds: (filter) => (listQuery(filter).isPortioned ? listInPortions(ask, filter) : ask('listIds', [filter], results.idPage)),
    causes: async (filter) => (listQuery(filter).portion === null ? await ask('causes', [filter], results.causes) : results.causes.parse(await causesInPortions(ask, filter))),
    draftFolders: (since) => foldersInPortions(ask, since),
  };
}

/** One page's ids, and how many match in all. */
async function listInPortions(ask: Connection['ask'], filter: ListFilter): Promise<{ ids: TaskId[]; total: number }> {
  const wanted = filter.offset + filter.limit;
  const compare = inOrder(filter);
  let best: Found[] = [];
  let total = 0;
  for (let after: TaskId | null = 0; after !== null; ) {
    const portion: z.infer<typeof scanned> = await ask('scan', [{ filter, after, budgetMs: BUDGET_MS }], scanned);
    for (const one of portion.found) best.push(one);
    total += portion.total;
    after = portion.next;
    // Sorted rarely where the page lies deep: then there are many of them.
    if (best.length > 2 * wanted || after === null) best = best.sort(compare).slice(0, wanted);
  }
  return { ids: best.slice(filter.offset).map(([id]) => id), total };
}

/** How many failed for which reason, the most frequent first. */
async function causesInPortions(ask: Connection['ask'], filter: ListFilter): Promise<{ code: string | null; tasks: number }[]> {
  const sums = new Map<string | null, number>();
  for (let after: TaskId | null = 0; after !== null; ) {
    const portion: z.infer<typeof scannedCauses> = await ask('scanCauses', [{ filter, after, budgetMs: BUDGET_MS }], scannedCauses);
    for (const { code, tasks } of portion.causes) sums.set(code, (sums.get(code) ?? 0) + tasks);
    after = portion.next;
  }
  return [...sums].map(([code, tasks]) => ({ code, tasks })).sort((a, b) => b.tasks - a.tasks || byCode(a.code, b.code));
}

function byCode(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === null ? -1 : 1;
  return a < b ? -1 : 1;
}

async function foldersInPortions(ask: Connection['ask'], since: number): Promise<string[]> {
  const folders = new Set<string>();
  for (let after: TaskId | null = 0; after !== null; ) {
    const portion: z.infer<typeof scannedFolders> = await ask('scanFolders', [{ since, after, budgetMs: BUDGET_MS }], scannedFolders);
    for (const folder of portion.folders) folders.add(folder);
    after = portion.next;
  }
  return [...folders];
}
