/** `longhaul list`: the tasks, newest first. */
import type { Task } from '../../../shared/task.ts';
import { EXIT, printJson, printLines, type Command } from '../command.ts';
import { nameOf } from '../terminal/bar.ts';
import { count } from '../terminal/format.ts';
import { renderTable, type Column } from '../terminal/table.ts';
import { withSession } from '../session.ts';
import { parseCount, parseStatuses, parseTypes, usage } from '../values.ts';

const DEFAULT_LIMIT = 100;

const COLUMNS: readonly Column[] = [
  { title: 'ID', side: 'right' }, { title: 'STATUS' }, { title: '%', side: 'right' }, { title: 'RECIPE' }, { title: 'FILE', isFlexible: true }, { title: 'NOTE', isFlexible: true },
];

export const list: Command = {
  name: 'list',
  synopsis: '[--status S] [--type T] [--limit N]',
  summary: 'List tasks, newest first.',
  options: {
    status: { value: 'S', isRepeatable: true, help: 'only these statuses, with commas between' },
    type: { value: 'T', isRepeatable: true, help: 'only these types, with commas between' },
    limit: { value: 'N', help: `at most so many (${String(DEFAULT_LIMIT)})` },
  },
  async run({ host, dataDir, isJson, options, positionals }) {
    if (positionals.length > 0) throw usage('list takes no names. `longhaul show ID` shows one task.');
    const [status, type, limit] = [options.all('status'), options.all('type'), options.last('limit')];
    const filter = {
      ...(status.length === 0 ? {} : { status: parseStatuses(status) }),
      ...(type.length === 0 ? {} : { type: parseTypes(type) }),
      limit: limit === undefined ? DEFAULT_LIMIT : parseCount('limit', limit),
    };
    return withSession({ host, dataDir, tools: null }, async ({ api }) => {
      const { tasks, total } = await api.listTasks(filter);
      if (isJson) printJson(host, { tasks, total });
      else if (total === 0) printLines(host, ['No tasks.']);
      else printLines(host, [...renderTable(COLUMNS, tasks.map(row), host.out.columns()), ...(tasks.length < total ? [`${String(tasks.length)} of ${count(total, 'task')}.`] : [])]);
      return EXIT.done;
    });
  },
};

function row(task: Task): string[] {
  return [String(task.id), task.status, String(Math.floor(task.progress)), task.recipe, nameOf(task), noteOf(task)];
}

/** Why it stands where it stands. */
function noteOf({ status, error, lastError, message }: Task): string {
  if (status === 'failed') return error?.message ?? '';
  if (status === 'retrying') return lastError?.message ?? '';
  return message;
}
