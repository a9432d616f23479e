/** `longhaul list`: the tasks, in any order and by anything that is known of them. */
import { SORTS, type SortName } from '../../../shared/list-contract.ts';
import type { Task } from '../../../shared/task.ts';
import { EXIT, printJson, printLines, type Command } from '../command.ts';
import { nameOf } from '../terminal/bar.ts';
import { count } from '../terminal/format.ts';
import { renderTable, type Column } from '../terminal/table.ts';
import { withSession } from '../session.ts';
import type { GivenOptions } from '../arguments.ts';
import { FILTER_OPTIONS, givenFilter, givenTime, oneId } from '../filters.ts';
import { parseCount, parseNames, parseStatuses, usage } from '../values.ts';

const DEFAULT_LIMIT = 100;

const COLUMNS: readonly Column[] = [
  { title: 'ID', side: 'right' }, { title: 'STATUS' }, { title: '%', side: 'right' }, { title: 'RECIPE' }, { title: 'FILE', isFlexible: true }, { title: 'NOTE', isFlexible: true },
];

export const list: Command = {
  name: 'list',
  synopsis: '[--status S] [--type T] [--text TEXT] … [--sort ORDER] [--limit N] [--page N]',
  summary: 'List tasks, newest first.',
  options: {
    status: { value: 'S', isRepeatable: true, help: 'only these statuses, with commas between' },
    ...FILTER_OPTIONS,
    parent: { value: 'ID', help: 'only tasks that were made for this one' },
    'added-after': { value: 'T', help: 'only tasks added at this time or later: a date, or 2h or 7d for so long ago' },
    'added-before': { value: 'T', help: 'only tasks added before' },
    'finished-after': { value: 'T', help: 'only tasks that ended at this time or later' },
    'finished-before': { value: 'T', help: 'only tasks that ended before' },
    dead: { help: 'only dead letters: tasks that failed for good' },
    removed: { help: 'removed tasks instead; `restore` brings them back' },
    sort: { value: 'ORDER', help: `${SORTS.join(', ')} (created)` },
    reverse: { help: 'the oldest, lowest or shortest first' },
    page: { value: 'N', help: 'the second, third … page of so many' },
    limit: { value: 'N', help: `at most so many (${String(DEFAULT_LIMIT)})` },
  },
  async run({ host, dataDir, isJson, options, positionals }) {
    if (positionals.length > 0) throw usage('list takes no names. `longhaul show ID` shows one task.');
    const filter = filterOf(options, host.now());
    return withSession({ host, dataDir, tools: null }, async ({ api }) => {
      const { tasks, total } = await api.listTasks(filter);
      if (isJson) printJson(host, { tasks, total });
      else if (total === 0) printLines(host, ['No tasks.']);
      else printLines(host, [...renderTable(COLUMNS, tasks.map(row), host.out.columns()), ...(tasks.length < total ? [`${String(tasks.length)} of ${count(total, 'task')}.`] : [])]);
      return EXIT.done;
    });
  },
};

function filterOf(options: GivenOptions, now: number) {
  const [status, limitText, pageText, parent] = [options.all('status'), options.last('limit'), options.last('page'), options.last('parent')];
  const limit = limitText === undefined ? DEFAULT_LIMIT : parseCount('limit', limitText);
  const page = pageText === undefined ? 1 : parseCount('page', pageText);
  if (page < 1) throw usage('The first page is --page 1.');
  return {
    ...givenFilter(options),
    status: status.length === 0 ? undefined : parseStatuses(status),
    parentTaskId: parent === undefined ? undefined : oneId('parent', parent),
    createdFrom: givenTime(options, 'added-after', now), createdTo: givenTime(options, 'added-before', now),
    finishedFrom: givenTime(options, 'finished-after', now), finishedTo: givenTime(options, 'finished-before', now),
    isDeadLetter: options.has('dead') ? true : undefined, isRemoved: options.has('removed'),
    sort: sortOf(options.last('sort')), direction: options.has('reverse') ? 'asc' as const : 'desc' as const, limit, offset: (page - 1) * limit,
  };
}

function sortOf(text: string | undefined): SortName {
  const [sort = 'created'] = text === undefined ? [] : parseNames('order', [text], SORTS);
  return sort;
}

function row(task: Task): string[] {
  return [String(task.id), task.status, String(Math.floor(task.progress)), task.recipe, nameOf(task), noteOf(task)];
}

/** Why it stands where it stands. */
function noteOf({ status, error, lastError, message }: Task): string {
  if (status === 'failed') return error?.message ?? '';
  if (status === 'retrying') return lastError?.message ?? '';
  return message;
}
