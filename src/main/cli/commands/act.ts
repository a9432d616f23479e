/** `longhaul pause`, `resume`, `cancel`, `retry`, `remove`, `restore` and `prioritise`: one wish for some tasks. */
import type { EngineApi, TaskBrief } from '../../../shared/contract.ts';
import type { TaskId } from '../../../shared/task.ts';
import type { OptionTable } from '../arguments.ts';
import { EXIT, printJson, printLines, type Call, type Command } from '../command.ts';
import { withSession } from '../session.ts';
import { parseIds, parsePriority, usage } from '../values.ts';

type Act = (api: EngineApi, ids: TaskId[], call: Call) => Promise<{ tasks: TaskBrief[] }>;

export const ACTIONS: readonly Command[] = [
  action('pause', 'Stop tasks where they are; `resume` lets them go on from there.', (api, ids) => api.pauseTasks({ ids })),
  action('resume', 'Let paused tasks go on.', (api, ids) => api.resumeTasks({ ids })),
  action('cancel', 'Give tasks up. What they have already written stays.', (api, ids) => api.cancelTasks({ ids })),
  action('retry', 'Try failed or cancelled tasks again; what was finished of them is kept.', (api, ids) => api.retryTasks({ ids })),
  action('remove', 'Take tasks off the list. Their results stay.', (api, ids) => api.removeTasks({ ids })),
  action('restore', 'Bring removed tasks back to the list, as they were; `list --removed` shows them.', (api, ids) => api.restoreTasks({ ids })),
  action('prioritise', 'Change how early tasks are done.', (api, ids, { options }) => api.prioritiseTasks({ ids, priority: wantedPriority(options.last('priority')) }), {
    priority: { value: 'P', help: '0 to 10, or critical, high, normal, low' },
  }),
];

function action(name: string, summary: string, act: Act, options: OptionTable = {}): Command {
  return {
    name,
    synopsis: `ID…${Object.entries(options).map(([option, { value }]) => ` --${option} ${value ?? ''}`).join('')}`,
    summary,
    options,
    async run(call) {
      const { host, dataDir, isJson } = call;
      const ids = parseIds(call.positionals);
      if (ids.length === 0) throw usage(`Name the tasks by their ids: longhaul ${name} 1 2. \`longhaul list\` shows them.`);
      return withSession({ host, dataDir, tools: null }, async ({ api }) => {
        const { tasks } = await act(api, ids, call);
        if (isJson) printJson(host, { tasks });
        else printLines(host, tasks.map(({ id, type, status }) => `#${String(id)}  ${type}  ${status}`));
        return EXIT.done;
      });
    },
  };
}

function wantedPriority(text: string | undefined): number {
  if (text === undefined) throw usage('Say which with --priority: 0 to 10, or critical, high, normal, low.');
  return parsePriority(text);
}
