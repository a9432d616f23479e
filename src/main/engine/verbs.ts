/** The engine's commands and queries: the contract's methods on the store and the scheduler. */
import { isAbsolute } from 'node:path';
import { METHODS, type EngineApi, type EngineStatus, type MethodInput, type TaskBrief } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import { SETTLED_STATUSES, type QueueName, type Task, type TaskId, type TaskType } from '../../shared/task.ts';
import type { Changes } from './changes.ts';
import type { Clock } from './clock.ts';
import type { Leftovers } from './leftovers.ts';
import type { Recipes } from './recipes.ts';
import type { StopReason } from './scheduler/running-attempt.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import type { Store, TaskDraft, Touched } from './store/store.ts';
import type { TaskLogs } from './task-log.ts';

export interface VerbsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly changes: Changes;
  readonly logs: TaskLogs;
  readonly recipes: Recipes;
  readonly leftovers: Leftovers;
  /** Null in an engine that only takes commands. */
  readonly scheduler: Scheduler | null;
  /** New work or changed conditions. */
  readonly onWork: () => void;
  readonly onSetting: (name: string, value: string | null) => void;
  readonly status: () => Promise<EngineStatus>;
}

/** Which lane does a type's work. */
const QUEUE_OF: Record<TaskType, QueueName> = { transcribe: 'speech', video_convert: 'media', video_preview: 'media', video_thumbnail: 'media' };

/** Three more tries: with the backoff that spans some minutes, which outlives a passing fault and not an evening. */
const MAX_RETRIES = 3;

export function createVerbs(options: VerbsOptions): EngineApi {
  const { store, clock, scheduler } = options;
  const live = (task: Task): Task => scheduler?.overlay(task) ?? task;
  const touch = touching(options);
  return {
    addTasks: async (input) => {
      const { tasks } = METHODS.addTasks.input.parse(input);
      const added = await store.insertTasks(tasks.map((task) => draft(task, options.recipes)), clock.now());
      options.changes.note(added.map(({ id }) => id));
      options.onWork();
      return { tasks: [...added] };
    },
    pauseTasks: (input) => touch(input, { change: (ids, now) => store.pause(ids, now), stop: 'pause', isSo: ({ status, stopRequested }) => status === 'paused' || stopRequested === 'pause' }),
    cancelTasks: (input) => touch(input, { change: (ids, now) => store.cancel(ids, now), stop: 'cancel', isSo: ({ status, stopRequested }) => status === 'cancelled' || stopRequested === 'cancel' }),
    removeTasks: (input) => touch(input, { change: (ids, now) => store.remove(ids, now), stop: 'remove', isSo: ({ deletedAt, stopRequested }) => deletedAt !== null || stopRequested === 'remove' }),
    resumeTasks: (input) => touch(input, { change: (ids, now) => store.resume(ids, now), isSo: ({ status }) => !['paused', ...SETTLED_STATUSES].includes(status) }),
    retryTasks: (input) => touch(input, { change: (ids, now) => store.retry(ids, now), isSo: () => false }),
    prioritiseTasks: (input) => {
      const { priority } = METHODS.prioritiseTasks.input.parse(input);
      return touch(input, { change: (ids, now) => store.prioritise(ids, priority, now), isSo: (task) => task.priority === priority });
    },
    setSetting: async (input) => {
      const { name, value } = METHODS.setSetting.input.parse(input);
      await store.setSetting(name, value);
      options.onSetting(name, value);
      options.onWork();
      return {};
    },
    listTasks: async (input) => {
      const { tasks, total } = await store.list(METHODS.listTasks.input.parse(input));
      return { tasks: tasks.map(live), total };
    },
    getTask: async (input) => live(await known(store, METHODS.getTask.input.parse(input).id)),
    getLog: async (input) => {
      const { id, lines } = METHODS.getLog.input.parse(input);
      await known(store, id);
      return { lines: await options.logs.read(id, lines) };
    },
    listRecipes: async () => ({ recipes: [...options.recipes.all] }),
    getStatus: () => options.status(),
    getSettings: async () => ({ settings: await store.getSettings() }),
  };
}

function draft(task: ReturnType<(typeof METHODS)['addTasks']['input']['parse']>['tasks'][number], recipes: Recipes): TaskDraft {
  const { recipe, options } = recipes.resolve(task.recipe, task.set);
  for (const path of [task.input, task.outputDir]) {
    if (path !== null && !isAbsolute(path)) throw new TaskError('USAGE', `${path} is not an absolute path.`);
  }
  return {
    type: recipe.type, recipe: recipe.name, queue: QUEUE_OF[recipe.type], priority: task.priority, inputs: [task.input], outputDir: task.outputDir,
    options, maxRetries: MAX_RETRIES, dependsOn: task.dependsOn, runAt: task.runAt,
  };
}

interface Touch {
  change(ids: readonly TaskId[], now: number): Promise<Touched>;
  /** What running ones are told. */
  readonly stop?: StopReason;
  /** Whether the task already is what was asked for: asking twice is no mistake. */
  isSo(task: Task): boolean;
}

/** A user's command on some tasks: stored first, then told to the workers it concerns and to the listeners. */
function touching({ clock, changes, scheduler, leftovers, onWork }: VerbsOptions) {
  return async (input: MethodInput<'pauseTasks'>, touch: Touch): Promise<{ tasks: TaskBrief[] }> => {
    const { ids } = METHODS.pauseTasks.input.parse(input);
    const touched = await touch.change(ids, clock.now());
    for (const { task, didChange, broken } of touched) {
      if (touch.stop !== undefined && task.status === 'running') scheduler?.stop(task.id, touch.stop);
      if (didChange) changes.note([task.id, ...broken.map(({ id }) => id)]);
      if (didChange && task.status !== 'running') await leftovers.clear(task);
    }
    onWork();
    const refused = touched.filter(({ task, didChange }) => !didChange && !touch.isSo(task));
    if (refused.length === touched.length) {
      const which = refused.map(({ task: { id, status } }) => `${id} (${status})`).join(', ');
      throw new TaskError('TASK_STATE', `That can't be done with ${refused.length === 1 ? 'task' : 'tasks'} ${which}.`);
    }
    return { tasks: touched.map(({ task: { id, type, status } }) => ({ id, type, status })) };
  };
}

async function known(store: Store, id: TaskId): Promise<Task> {
  const task = await store.get(id);
  if (task) return task;
  throw new TaskError('TASK_UNKNOWN', `There is no task ${id}. \`longhaul list\` shows the ones there are.`);
}
