/** What a user does with tasks. */
import { isAbsolute } from 'node:path';
import { METHODS, type EngineApi, type MethodInput, type TaskBrief } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { SETTLED_STATUSES, type QueueName, type Task, type TaskId, type TaskType } from '../../../shared/task.ts';
import type { StopReason } from '../scheduler/running-attempt.ts';
import type { TaskDraft, Touched } from '../store/store.ts';
import type { VerbParts } from './parts.ts';

type Commands = Pick<EngineApi, 'addTasks' | 'pauseTasks' | 'resumeTasks' | 'cancelTasks' | 'retryTasks' | 'removeTasks' | 'prioritiseTasks' | 'moveTasks'>;

/** Which lane does a type's work. */
const QUEUE_OF: Record<TaskType, QueueName> = { transcribe: 'speech', video_convert: 'media', video_preview: 'media', video_thumbnail: 'media' };

/** Three more tries: with the backoff that spans some minutes, which outlives a passing fault and not an evening. */
const MAX_RETRIES = 3;

export function createTaskVerbs(parts: VerbParts): Commands {
  const { store, clock, changes } = parts;
  const touch = touching(parts);
  return {
    addTasks: async (input) => {
      const { tasks } = METHODS.addTasks.input.parse(input);
      const added = await store.insertTasks(tasks.map((task) => draft(task, parts)), clock.now());
      changes.note(added.map(({ id }) => id));
      parts.onWork();
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
    moveTasks: (input) => {
      const { before } = METHODS.moveTasks.input.parse(input);
      const change = async (ids: readonly TaskId[], now: number): Promise<Touched> => {
        const { touched, others } = await store.moveTasks(ids, before, now);
        changes.note(others);
        return touched;
      };
      return touch(input, { change, isSo: ({ status, deletedAt }) => status === 'pending' && deletedAt === null });
    },
  };
}

/** Without a folder of its own a task gets the one that the settings name now; a later change moves nothing that was accepted. */
function draft(task: ReturnType<(typeof METHODS)['addTasks']['input']['parse']>['tasks'][number], { recipes, settings }: VerbParts): TaskDraft {
  const { recipe, options } = recipes.resolve(task.recipe, task.set);
  const outputDir = task.outputDir ?? (settings().outputDir || null);
  for (const path of [task.input, outputDir]) {
    if (path !== null && !isAbsolute(path)) throw new TaskError('USAGE', `${path} is not an absolute path.`);
  }
  return {
    type: recipe.type, recipe: recipe.name, queue: QUEUE_OF[recipe.type], priority: task.priority, inputs: [task.input], outputDir,
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
function touching({ clock, changes, scheduler, leftovers, onWork }: VerbParts) {
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
