/** `longhaul dead`: tasks that failed for good: look at them, have them tried again, take them elsewhere. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DEAD_LETTER_FORMATS, type DeadLetter } from '../../../shared/dead-letter-contract.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import type { GivenOptions } from '../arguments.ts';
import { EXIT, printJson, printLines, type Call, type Command } from '../command.ts';
import { FILTER_OPTIONS, givenFilter, givenTime } from '../filters.ts';
import { withSession } from '../session.ts';
import { count, formatDuration } from '../terminal/format.ts';
import { renderTable, type Column } from '../terminal/table.ts';
import { parseCount, parseIds, parseNames, usage } from '../values.ts';

const ACTIONS = { list: listLetters, replay, export: exportLetters } as const;
const DEFAULT_LIMIT = 100;

export const dead: Command = {
  name: 'dead',
  synopsis: '[list | replay [ID…] | export [ID…]] [--code CODE] [--type T] … [--format F] [--to FILE]',
  summary: 'Tasks that failed for good: list them by cause, replay or export them.',
  options: {
    ...FILTER_OPTIONS,
    'failed-after': { value: 'T', help: 'only those that failed at this time or later: a date, or 2h or 7d for so long ago' },
    'failed-before': { value: 'T', help: 'only those that failed before' },
    all: { help: 'replay every one of them' },
    limit: { value: 'N', help: `list: at most so many (${String(DEFAULT_LIMIT)})` },
    page: { value: 'N', help: 'list: the second, third … page of so many' },
    format: { value: 'F', help: `export: ${DEAD_LETTER_FORMATS.join(' or ')} (${DEAD_LETTER_FORMATS[0]})` },
    to: { value: 'FILE', help: 'export: into this new file instead of the terminal' },
  },
  notes: ['`replay` takes ids, or what says which, or --all.'],
  async run(call) {
    const [action = 'list', ...rest] = call.positionals;
    const found = Object.entries(ACTIONS).find(([name]) => name === action);
    if (found === undefined) throw usage(`dead can't ${action}. ${didYouMean(action, Object.keys(ACTIONS))}`);
    return found[1](call, rest);
  },
};

function filterOf({ options, host }: Call, rest: readonly string[]) {
  return {
    ...givenFilter(options), ids: rest.length === 0 ? undefined : parseIds(rest),
    failedFrom: givenTime(options, 'failed-after', host.now()), failedTo: givenTime(options, 'failed-before', host.now()),
  };
}

const COLUMNS: readonly Column[] = [
  { title: 'ID', side: 'right' }, { title: 'CODE' }, { title: 'AGE', side: 'right' }, { title: 'RECIPE' }, { title: 'FILE', isFlexible: true }, { title: 'CAUSE', isFlexible: true },
];

async function listLetters(call: Call, rest: readonly string[]): Promise<number> {
  const { host, dataDir, isJson, options } = call;
  const { limit, offset } = pageOf(options);
  const filter = filterOf(call, rest);
  return withSession({ host, dataDir, tools: null }, async ({ api }) => {
    const listed = await api.listDeadLetters({ ...filter, limit, offset });
    const { letters, total, causes } = listed;
    if (isJson) printJson(host, listed);
    else if (total === 0) printLines(host, ['No dead letters.']);
    else {
      printLines(host, renderTable(COLUMNS, letters.map(row), host.out.columns()));
      printLines(host, ['', `${letters.length < total ? `${String(letters.length)} of ` : ''}${count(total, 'dead letter')}: ${causes.map(({ code, tasks }) => `${String(tasks)} × ${code ?? 'unreadable'}`).join(', ')}.`]);
    }
    return EXIT.done;
  });
}

function row({ id, error, ageMs, recipe, input }: DeadLetter): string[] {
  return [String(id), error?.code ?? '', formatDuration(ageMs), recipe, input, error?.message ?? ''];
}

function pageOf(options: GivenOptions): { limit: number; offset: number } {
  const [limitText, pageText] = [options.last('limit'), options.last('page')];
  const limit = limitText === undefined ? DEFAULT_LIMIT : parseCount('limit', limitText);
  const page = pageText === undefined ? 1 : parseCount('page', pageText);
  if (page < 1) throw usage('The first page is --page 1.');
  return { limit, offset: (page - 1) * limit };
}

async function replay(call: Call, rest: readonly string[]): Promise<number> {
  const { host, dataDir, isJson, options } = call;
  const filter = filterOf(call, rest);
  const isNarrowed = Object.values(filter).some((value) => value !== undefined);
  if (isNarrowed === options.has('all')) throw usage('Say which dead letters: by ids, by a filter such as --code TOOL_FAILED, or --all. `longhaul dead` lists them.');
  return withSession({ host, dataDir, tools: null }, async ({ api }) => {
    const { tasks, refused } = await api.replayDeadLetters(filter);
    if (isJson) printJson(host, { tasks, refused });
    else {
      printLines(host, [`${count(tasks.length, 'task')} will be tried again.`]);
      if (refused.length > 0) printLines(host, [`Not so ${refused.map((id) => `#${String(id)}`).join(', ')}: no dead letter, or what it depends on failed and is to be replayed first.`]);
    }
    return refused.length > 0 && tasks.length === 0 ? EXIT.failed : EXIT.done;
  });
}

async function exportLetters(call: Call, rest: readonly string[]): Promise<number> {
  const { host, dataDir, isJson, options } = call;
  const [format = DEAD_LETTER_FORMATS[0]] = parseNames('format', options.all('format'), DEAD_LETTER_FORMATS);
  const to = options.last('to');
  const filter = filterOf(call, rest);
  return withSession({ host, dataDir, tools: null }, async ({ api }) => {
    const { base64, letters, mimeType } = await api.exportDeadLetters({ ...filter, format });
    const text = Buffer.from(base64, 'base64').toString('utf8');
    if (to === undefined) {
      if (isJson) printJson(host, { mimeType, letters, text });
      else host.out.write(text);
      return EXIT.done;
    }
    const path = resolve(host.workingDir, to);
    // Never over a file that is there.
    await writeFile(path, text, { flag: 'wx' });
    if (isJson) printJson(host, { path, mimeType, letters });
    else printLines(host, [`${count(letters, 'dead letter')} in ${path}.`]);
    return EXIT.done;
  });
}
