/** `longhaul history`: what is kept of tasks that the clean-up took off the list. */
import { EXIT, printJson, printLines, type Command } from '../command.ts';
import { withSession } from '../session.ts';
import { formatDuration, formatTime } from '../terminal/format.ts';
import { renderTable, type Column } from '../terminal/table.ts';
import { parseCount, parseIds, usage } from '../values.ts';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
const COLUMNS: readonly Column[] = [{ title: 'ID', side: 'right' }, { title: 'STATUS' }, { title: 'RECIPE' }, { title: 'ENDED' }, { title: 'TOOK', side: 'right' }, { title: 'FILE', isFlexible: true }];

export const history: Command = {
  name: 'history',
  synopsis: '[--before ID] [--limit N]',
  summary: 'Tasks that the clean-up took off the list, newest first.',
  options: {
    before: { value: 'ID', help: 'only those that were added before this one' },
    limit: { value: 'N', help: `at most so many (${String(DEFAULT_LIMIT)}; ${String(MAX_LIMIT)} at most)` },
  },
  async run({ host, dataDir, isJson, options, positionals }) {
    if (positionals.length > 0) throw usage('history takes no names.');
    const [before, limitText] = [options.last('before'), options.last('limit')];
    const limit = limitText === undefined ? DEFAULT_LIMIT : Math.min(MAX_LIMIT, Math.max(1, parseCount('limit', limitText)));
    return withSession({ host, dataDir, tools: null }, async ({ api }) => {
      const { tasks, next } = await api.listHistory({ before: before === undefined ? null : (parseIds([before])[0] ?? null), limit });
      if (isJson) printJson(host, { tasks, next });
      else if (tasks.length === 0) printLines(host, ['The history is empty. Tasks come here a day after they are over.']);
      else {
        const rows = tasks.map((task) => [String(task.id), task.status, task.recipe, formatTime(task.completedAt), formatDuration(task.durationMs), task.input]);
        printLines(host, [...renderTable(COLUMNS, rows, host.out.columns()), ...(next === null ? [] : [`More: longhaul history --before ${String(next)}`])]);
      }
      return EXIT.done;
    });
  },
};
