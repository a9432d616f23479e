/** Dead letters, and tasks that were removed: what can be had back. */
import { METHODS, type EngineApi, type MethodOutput, type TaskBrief } from '../../../shared/contract.ts';
import { deadLetterFilter, type DeadLetter } from '../../../shared/dead-letter-contract.ts';
import type { TaskId } from '../../../shared/task.ts';
import { writeJsonLines, writeTable } from '../dead-letters/export.ts';
import { letterOf } from '../dead-letters/letter.ts';
import type { ListFilter, Store, Touched } from '../store/store.ts';
import type { VerbParts } from './parts.ts';

type DeadLetterVerbs = Pick<EngineApi, 'listDeadLetters' | 'replayDeadLetters' | 'exportDeadLetters' | 'restoreTasks'>;

/** Tasks per transaction of a bulk replay, and per reading of an export: others come to their turn in between. */
const PORTION = 500;

export function createDeadLetterVerbs(parts: VerbParts): DeadLetterVerbs {
  const { store, clock } = parts;
  return {
    listDeadLetters: async (input) => {
      const { limit, offset, ...filter } = METHODS.listDeadLetters.input.parse(input);
      const wanted = { ...deadOnly(filter), limit, offset };
      const [{ tasks, total }, causes] = await Promise.all([store.list(wanted), store.causes(wanted)]);
      const now = clock.now();
      return { letters: tasks.map((task) => letterOf(task, now)), total, causes };
    },
    replayDeadLetters: async (input) => {
      const filter = deadLetterFilter.parse(input);
      // Dependencies have lower ids than what waits for them: from below, a whole broken chain is replayed at once.
      const { ids } = await store.listIds({ ...deadOnly(filter), sort: 'created', direction: 'asc', limit: MANY, offset: 0 });
      const touched = await inPortions(ids, (portion) => store.retry(portion, clock.now()));
      tell(parts, touched);
      // What waited for a replayed one alone has come along with it.
      const isReplayed = ({ task }: Touched[number]): boolean => task.status !== 'failed';
      return { tasks: touched.filter(isReplayed).map(brief), refused: [...touched.filter((one) => !isReplayed(one)).map(({ task }) => task.id), ...missing(filter.ids, ids)] };
    },
    exportDeadLetters: async (input) => {
      const { format, ...filter } = METHODS.exportDeadLetters.input.parse(input);
      return exported(format, await readAll(store, deadOnly(filter), clock.now()), clock.now());
    },
    restoreTasks: async (input) => {
      const { ids } = METHODS.restoreTasks.input.parse(input);
      const touched = await store.restore(ids, clock.now());
      tell(parts, touched);
      return { tasks: touched.map(brief) };
    },
  };
}

/** As many as there are. */
const MANY = Number.MAX_SAFE_INTEGER;

function deadOnly({ failedFrom, failedTo, ...filter }: ReturnType<typeof deadLetterFilter.parse>): Omit<ListFilter, 'limit' | 'offset'> {
  return { ...filter, finishedFrom: failedFrom, finishedTo: failedTo, status: ['failed'], sort: 'finished' };
}

async function inPortions(ids: readonly TaskId[], change: (portion: readonly TaskId[]) => Promise<Touched>): Promise<Touched> {
  const all: Touched[number][] = [];
  for (let at = 0; at < ids.length; at += PORTION) all.push(...(await change(ids.slice(at, at + PORTION))));
  return all;
}

function tell({ changes, onWork }: VerbParts, touched: Touched): void {
  for (const { task, didChange, others } of touched) if (didChange) changes.note([task.id, ...others.map(({ id }) => id)]);
  onWork();
}

function brief({ task: { id, type, status } }: Touched[number]): TaskBrief {
  return { id, type, status };
}

/** Named, and no dead letters. */
function missing(named: readonly TaskId[] | undefined, found: readonly TaskId[]): TaskId[] {
  const known = new Set(found);
  return [...new Set(named)].filter((id) => !known.has(id));
}

/** First which, then one by one as they are by then: what was replayed in between is left out. */
async function readAll(store: Store, filter: Omit<ListFilter, 'limit' | 'offset'>, now: number): Promise<DeadLetter[]> {
  const { ids } = await store.listIds({ ...filter, limit: MANY, offset: 0 });
  const letters: DeadLetter[] = [];
  for (let at = 0; at < ids.length; at += PORTION) {
    const tasks = await store.getMany(ids.slice(at, at + PORTION));
    letters.push(...tasks.filter(({ status, deletedAt }) => status === 'failed' && deletedAt === null).map((task) => letterOf(task, now)));
  }
  return letters;
}

function exported(format: 'jsonl' | 'csv', letters: readonly DeadLetter[], now: number): MethodOutput<'exportDeadLetters'> {
  const text = format === 'csv' ? writeTable(letters) : writeJsonLines(letters);
  return {
    fileName: `dead-letters-${new Date(now).toISOString().slice(0, 10)}.${format}`, mimeType: format === 'csv' ? 'text/csv' : 'application/jsonl',
    base64: Buffer.from(text).toString('base64'), letters: letters.length,
  };
}
