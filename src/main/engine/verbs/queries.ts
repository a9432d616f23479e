/** What can be asked of tasks and of the engine as a whole. */
import { METHODS, type EngineApi } from '../../../shared/contract.ts';
import type { Task } from '../../../shared/task.ts';
import { knownTask } from './known.ts';
import type { VerbParts } from './parts.ts';

type Queries = Pick<EngineApi, 'listTasks' | 'getTask' | 'getLog' | 'getAttempts' | 'getSnapshot' | 'getStatus'>;

export function createQueryVerbs(parts: VerbParts): Queries {
  const { store, scheduler } = parts;
  const live = (task: Task): Task => scheduler?.overlay(task) ?? task;
  return {
    listTasks: async (input) => {
      const { tasks, total } = await store.list(METHODS.listTasks.input.parse(input));
      return { tasks: tasks.map(live), total };
    },
    getTask: async (input) => live(await knownTask(store, METHODS.getTask.input.parse(input).id)),
    getLog: async (input) => {
      const { id, lines, attempt } = METHODS.getLog.input.parse(input);
      await knownTask(store, id);
      return { lines: await parts.logs.read(id, lines, attempt ?? null) };
    },
    getAttempts: async (input) => {
      const { id } = METHODS.getAttempts.input.parse(input);
      await knownTask(store, id);
      return { attempts: await store.attempts(id) };
    },
    getSnapshot: (input) => snapshot(parts, METHODS.getSnapshot.input.parse(input)),
    getStatus: () => parts.status(),
  };
}

/** The revision is taken before the store is asked: see Feed.revision. One row more than wanted tells whether there is a next page. */
async function snapshot({ store, scheduler, feed }: VerbParts, { before, limit }: { before: number | null; limit: number }): ReturnType<EngineApi['getSnapshot']> {
  const { epoch, revision } = feed;
  const [rows, counts] = await Promise.all([store.summaries({ before, limit: limit + 1 }), store.counts()]);
  const page = rows.slice(0, limit);
  return {
    epoch, revision, tasks: scheduler === null ? page : page.map((summary) => scheduler.overlaySummary(summary)),
    total: Object.values(counts).reduce((sum, count) => sum + count, 0), next: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
  };
}
