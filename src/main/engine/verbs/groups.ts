/** What can be done with groups and asked of them. */
import { METHODS, type EngineApi, type TaskBrief } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import type { GroupId } from '../../../shared/task.ts';
import type { GroupCommand, Store } from '../store/store.ts';
import type { VerbParts } from './parts.ts';

type GroupVerbs = Pick<EngineApi, 'listGroups' | 'getGroup' | 'pauseGroup' | 'resumeGroup' | 'cancelGroup' | 'retryGroup' | 'prioritiseGroup'>;

/** The verbs of one engine. */
export function createGroupVerbs(parts: VerbParts): GroupVerbs {
  const { store } = parts;
  const change = changing(parts);
  return {
    listGroups: async (input) => {
      const { groups, total } = await store.groups(METHODS.listGroups.input.parse(input));
      return { groups: [...groups], total };
    },
    getGroup: async (input) => {
      const { id } = METHODS.getGroup.input.parse(input);
      const group = await store.group(id);
      if (group === null) throw new TaskError('GROUP_UNKNOWN', `There is no group ${id}. \`longhaul groups\` shows the ones there are.`);
      return group;
    },
    pauseGroup: (input) => change(METHODS.pauseGroup.input.parse(input), 'pause'),
    resumeGroup: (input) => change(METHODS.resumeGroup.input.parse(input), 'resume'),
    cancelGroup: (input) => change(METHODS.cancelGroup.input.parse(input), 'cancel'),
    retryGroup: (input) => change(METHODS.retryGroup.input.parse(input), 'retry'),
    prioritiseGroup: (input) => change(METHODS.prioritiseGroup.input.parse(input), 'prioritise'),
  };
}

/** A command on all members: stored in one transaction, then told to the workers it concerns and to the listeners. */
function changing({ store, clock, changes, scheduler, leftovers, onWork }: VerbParts) {
  return async ({ id, priority }: { id: GroupId; priority?: number }, command: GroupCommand): Promise<{ tasks: TaskBrief[] }> => {
    const { tasks, others } = await store.changeGroup({ id, command, now: clock.now(), ...(priority === undefined ? {} : { priority }) });
    for (const task of tasks) if (task.status === 'running' && task.stopRequested !== null) scheduler?.stop(task.id, task.stopRequested);
    // What other groups' policies stop because of it.
    for (const task of await store.getMany(others)) if (task.status === 'running' && task.stopRequested !== null) scheduler?.stop(task.id, task.stopRequested);
    changes.fell(others);
    changes.note([...tasks.map((task) => task.id), ...others]);
    await clearLeftovers(store, leftovers, tasks.filter(({ status, attempt }) => status === 'cancelled' && attempt > 0).map((task) => task.id));
    onWork();
    return { tasks: tasks.map(({ id: taskId, type, status }) => ({ id: taskId, type, status })) };
  };
}

async function clearLeftovers(store: Store, leftovers: VerbParts['leftovers'], ids: readonly number[]): Promise<void> {
  for (const task of ids.length === 0 ? [] : await store.getMany(ids)) await leftovers.clear(task);
}
