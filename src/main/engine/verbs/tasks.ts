/** What a user does with tasks. */
import { METHODS, type EngineApi, type MethodInput, type TaskBrief } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { SETTLED_STATUSES, type Task, type TaskId } from '../../../shared/task.ts';
import type { StopReason } from '../scheduler/running-attempt.ts';
import type { Touched } from '../store/store.ts';
import { newDrafts } from './new-drafts.ts';
import { makeOutputDirs } from './output-dirs.ts';
import type { VerbParts } from './parts.ts';

type Commands = Pick<EngineApi, 'addTasks' | 'pauseTasks' | 'resumeTasks' | 'cancelTasks' | 'retryTasks' | 'removeTasks' | 'prioritiseTasks' | 'moveTasks'>;

export function createTaskVerbs(parts: VerbParts): Commands {
  const { store, clock, changes } = parts;
  const touch = touching(parts);
  return {
    addTasks: async (input) => {
      const { tasks } = METHODS.addTasks.input.parse(input);
      const now = clock.now();
      const { drafts, groups, order } = newDrafts(tasks, parts, now);
      await makeOutputDirs(drafts);
      const added = await store.insertTasks(drafts, now, groups);
      changes.note(added.filter(({ isDuplicate }) => isDuplicate !== true).map(({ id }) => id));
      parts.onWork();
      return { tasks: asGiven(added, order) };
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

/** Answers in the order in which their tasks were given. */
function asGiven(added: readonly TaskBrief[], order: readonly number[]): TaskBrief[] {
  return added.map((brief, index) => ({ brief, place: order[index] ?? index })).sort((a, b) => a.place - b.place).map(({ brief }) => brief);
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
    for (const { task, didChange, broken, others } of touched) {
      if (touch.stop !== undefined && task.status === 'running') scheduler?.stop(task.id, touch.stop);
      changes.fell([...broken, ...others].map(({ id }) => id));
      if (didChange) changes.note([task.id, ...[...broken, ...others].map(({ id }) => id)]);
      for (const { id, status, stopRequested } of others) if (status === 'running' && stopRequested !== null) scheduler?.stop(id, stopRequested);
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
