/** `longhaul groups`: groups of tasks, how far each is, and what reaches all of one. */
import type { EngineApi, TaskBrief } from '../../../shared/contract.ts';
import type { TaskGroup } from '../../../shared/group-contract.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import { groupId, TASK_STATUSES, type GroupId } from '../../../shared/task.ts';
import { EXIT, printJson, printLines, type Call, type Command } from '../command.ts';
import { withSession } from '../session.ts';
import { count } from '../terminal/format.ts';
import { renderTable, type Column } from '../terminal/table.ts';
import { parseCount, parsePriority, usage } from '../values.ts';

type Change = (api: EngineApi, id: GroupId, priority: string | undefined) => Promise<{ tasks: TaskBrief[] }>;

const CHANGES: Readonly<Record<string, Change>> = {
  cancel: (api, id) => api.cancelGroup({ id }),
  pause: (api, id) => api.pauseGroup({ id }),
  resume: (api, id) => api.resumeGroup({ id }),
  retry: (api, id) => api.retryGroup({ id }),
  priority: (api, id, priority) => api.prioritiseGroup({ id, priority: wantedPriority(priority) }),
};
const ACTION_NAMES = ['list', 'show', ...Object.keys(CHANGES)];
const DEFAULT_LIMIT = 100;

const COLUMNS: readonly Column[] = [
  { title: 'ID', side: 'right' }, { title: 'GROUP', isFlexible: true }, { title: '%', side: 'right' }, { title: 'TASKS', side: 'right' }, { title: 'ON FAILURE' }, { title: 'STATUS', isFlexible: true },
];

export const groups: Command = {
  name: 'groups',
  synopsis: '[list | show ID | cancel ID | pause ID | resume ID | retry ID | priority ID P]',
  summary: 'Groups of tasks: how far they are, and what is to become of all their tasks.',
  options: { limit: { value: 'N', help: `list: at most so many (${String(DEFAULT_LIMIT)})` } },
  notes: ['`longhaul add --group NAME` makes one. A command reaches every task of the group at once or none.'],
  async run(call) {
    const [action = 'list', id, priority, more] = call.positionals;
    if (!ACTION_NAMES.includes(action)) throw usage(`groups can't ${action}. ${didYouMean(action, ACTION_NAMES)}`);
    if (more !== undefined || (priority !== undefined && action !== 'priority')) throw usage(`groups ${action} takes ${action === 'priority' ? 'one group and one priority' : 'one group'}.`);
    if (action === 'list') {
      if (id !== undefined) throw usage(`groups list takes no group. \`longhaul groups show ${id}\` shows one.`);
      return listGroups(call);
    }
    const wanted = parseGroup(action, id);
    return action === 'show' ? showGroup(call, wanted) : changeGroup(call, CHANGES[action], { id: wanted, priority });
  },
};

async function listGroups({ host, dataDir, isJson, options }: Call): Promise<number> {
  const limit = options.last('limit');
  return withSession({ host, dataDir, tools: null }, async ({ api }) => {
    const { groups: found, total } = await api.listGroups({ limit: limit === undefined ? DEFAULT_LIMIT : parseCount('limit', limit) });
    if (isJson) printJson(host, { groups: found, total });
    else if (total === 0) printLines(host, ['No groups. `longhaul add --group NAME` makes one.']);
    else printLines(host, [...renderTable(COLUMNS, found.map(row), host.out.columns()), ...(found.length < total ? [`${String(found.length)} of ${count(total, 'group')}.`] : [])]);
    return EXIT.done;
  });
}

async function showGroup({ host, dataDir, isJson }: Call, id: GroupId): Promise<number> {
  return withSession({ host, dataDir, tools: null }, async ({ api }) => {
    const group = await api.getGroup({ id });
    if (isJson) printJson(host, group);
    else printLines(host, renderTable(COLUMNS, [row(group)], host.out.columns()));
    return EXIT.done;
  });
}

async function changeGroup({ host, dataDir, isJson }: Call, change: Change | undefined, { id, priority }: { id: GroupId; priority: string | undefined }): Promise<number> {
  return withSession({ host, dataDir, tools: null }, async ({ api }) => {
    const { tasks } = (await change?.(api, id, priority)) ?? { tasks: [] };
    if (isJson) printJson(host, { tasks });
    else printLines(host, tasks.length === 0 ? ['Nothing to change: no task of the group stands so that it could be.'] : tasks.map((task) => `#${String(task.id)}  ${task.type}  ${task.status}`));
    return EXIT.done;
  });
}

function row({ id, name, progress, total, onFailure, stoppedAt, counts }: TaskGroup): string[] {
  const statuses = TASK_STATUSES.filter((status) => (counts[status] ?? 0) > 0).map((status) => `${String(counts[status])} ${status}`);
  return [String(id), name, String(Math.floor(progress)), String(total), onFailure, [...(stoppedAt === null ? [] : ['stopped by a failure']), ...statuses].join(', ')];
}

function parseGroup(action: string, text: string | undefined): GroupId {
  const parsed = groupId.safeParse(Number(text?.replace(/^#/, '')));
  if (parsed.success) return parsed.data;
  throw usage(`Say which group by its number: longhaul groups ${action} 3. \`longhaul groups\` lists them.`);
}

function wantedPriority(text: string | undefined): number {
  if (text === undefined) throw usage('Say which priority: 0 to 10, or critical, high, normal, low.');
  return parsePriority(text);
}
