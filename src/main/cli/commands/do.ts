/** `longhaul do`: adds work and does it. */
import type { Task, TaskId } from '../../../shared/task.ts';
import { EXIT, type Command } from '../command.ts';
import { renderOutcome, sortOutcome } from '../outcome.ts';
import { printOutcome, work } from '../work.ts';
import { ADDING_OPTIONS, newTasks } from './adding.ts';
import { add } from './add.ts';

export const doNow: Command = {
  name: 'do',
  synopsis: `${add.synopsis} [--skip-unfit]`,
  summary: 'Add work and do it now; ends when it is done.',
  options: { ...ADDING_OPTIONS, 'skip-unfit': { help: 'a recipe that finds nothing for it in the file (video in a sound recording) is no failure' } },
  notes: ['The list of results goes to stdout, the progress to stderr.'],
  async run(call) {
    const wanted = await newTasks(call);
    const ids = new Set<TaskId>();
    let tasks: readonly Task[] = [];
    const { end } = await work(call, {
      isSelective: true,
      begin: async ({ api }) => {
        for (const { id } of (await api.addTasks({ tasks: wanted })).tasks) ids.add(id);
        return ids;
      },
      finish: async ({ api }) => {
        tasks = (await api.listTasks({ ids: [...ids], limit: ids.size })).tasks.toSorted((a, b) => a.id - b.id);
      },
    });
    const outcome = sortOutcome(tasks, call.options.has('skip-unfit'));
    printOutcome(call, { tasks }, renderOutcome(outcome));
    if (end === 'stopped') return EXIT.interrupted;
    return outcome.failed.length > 0 || outcome.open.length > 0 ? EXIT.failed : EXIT.done;
  },
};
