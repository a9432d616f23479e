/** `longhaul watch`: folders whose files become tasks as they come. */
import { resolve } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import type { NewWatchRule, WatchLook, WatchRule, WatchState } from '../../../shared/watch-contract.ts';
import { EXIT, printJson, printLines, type Call, type Command } from '../command.ts';
import { withSession, type Session } from '../session.ts';
import { formatTime } from '../terminal/format.ts';
import { renderTable } from '../terminal/table.ts';
import { clean } from '../terminal/text.ts';
import { parseCount, parseNames, parsePriority, parseSettings, usage } from '../values.ts';

type Api = Session['api'];
type Act = (call: Call, api: Api, named: () => Promise<WatchRule>) => Promise<void>;
type Changes = { -readonly [K in keyof Omit<NewWatchRule, 'name'>]?: Exclude<NewWatchRule[K], undefined> };

const ACTIONS: Readonly<Record<string, Act>> = { list, add, change, show, remove, scan, enable: enabling(true), disable: enabling(false) };
const LOOKS: readonly WatchLook[] = ['auto', 'events', 'polling'];
const AFTER = ['leave', 'move', 'delete'] as const;

export const watch: Command = {
  name: 'watch',
  synopsis: '[list | add NAME --folder DIR --recipe R [--out DIR] | change NAME … | show NAME | scan NAME | enable NAME | disable NAME | remove NAME]',
  summary: 'Watched folders: what comes into them becomes tasks, each file once.',
  options: {
    'folder': { value: 'DIR', help: 'the folder that is watched, with those within' },
    'recipe': { value: 'R', help: 'what is made of each file' },
    'set': { isRepeatable: true, value: 'NAME=VALUE', help: 'an option of the recipe; again for more' },
    'include': { isRepeatable: true, value: 'GLOB', help: 'only files like this, such as *.mp4 or interviews/**; again for more' },
    'exclude': { isRepeatable: true, value: 'GLOB', help: 'no files like this; again for more' },
    'flat': { help: 'not the folders within' },
    'deep': { help: 'change: the folders within too' },
    'out': { value: 'DIR', help: 'where the results go (beside: next to each file)' },
    'mirror': { value: 'DIR', help: 'where the results go, into the same folders as in the watched one' },
    'after': { value: 'HOW', help: 'what becomes of a source whose task is completed: leave, move (with --to), or delete (once the results were read again)' },
    'to': { value: 'DIR', help: 'where --after move puts the sources' },
    'priority': { value: 'P', help: '0 to 10, or low, normal, high, critical' },
    'group': { value: 'NAME', help: 'the group of its tasks (the rule\'s name)' },
    'look': { value: 'HOW', help: 'auto, events, or polling; auto polls network shares' },
    'settle': { value: 'SECONDS', help: 'how long a file must have stood still (2)' },
    'poll': { value: 'SECONDS', help: 'between two looks at a folder that is polled (30)' },
    'name': { value: 'NEW', help: 'change: another name' },
  },
  notes: ['NAME may be the number that `watch list` shows. Folders are watched while Longhaul works: the app, `longhaul serve` or `longhaul run`.'],
  async run(call) {
    const { host, dataDir, positionals } = call;
    const [action = 'list', name, more] = positionals;
    const act = Object.entries(ACTIONS).find(([one]) => one === action)?.[1];
    if (act === undefined) throw usage(`watch can't ${action}. ${didYouMean(action, Object.keys(ACTIONS))}`);
    if (more !== undefined || (action === 'list' && name !== undefined)) throw usage(`watch ${action} takes ${action === 'list' ? 'no name' : 'one name'}; put a name with spaces in quotes.`);
    if (action !== 'list' && name === undefined) throw usage(`Say which watched folder: longhaul watch ${action} NAME.`);
    return withSession({ host, dataDir, tools: null }, async ({ api }) => {
      await act(call, api, () => find(api, name ?? ''));
      return EXIT.done;
    });
  },
};

async function list({ host, isJson }: Call, api: Api): Promise<void> {
  const { rules } = await api.listWatchRules({});
  if (isJson) return printJson(host, { rules });
  if (rules.length === 0) return printLines(host, ['No folder is watched yet: longhaul watch add NAME --folder DIR --recipe R.']);
  const columns = [{ title: 'ID', side: 'right' }, { title: 'NAME' }, { title: 'STATE' }, { title: 'TAKEN', side: 'right' }, { title: 'OPEN', side: 'right' }, { title: 'FAILED', side: 'right' }, { title: 'DOES', isFlexible: true }, { title: 'PROBLEM', isFlexible: true }] as const;
  printLines(host, renderTable(columns, rules.map(row), host.out.columns()));
}

async function add({ host, isJson, options, positionals }: Call, api: Api): Promise<void> {
  const { folder, recipe, ...changes } = changesOf({ host, options });
  if (folder === undefined || recipe === undefined) throw usage('Say what is watched and what is made of it: longhaul watch add NAME --folder DIR --recipe R.');
  const { rule } = await api.addWatchRule({ name: positionals[1] ?? '', folder, recipe, ...changes });
  say({ host, isJson }, rule);
}

async function change({ host, isJson, options }: Call, api: Api, named: () => Promise<WatchRule>): Promise<void> {
  const name = options.last('name');
  const changes = { ...changesOf({ host, options }), ...(name === undefined ? {} : { name }) };
  if (Object.keys(changes).length === 0) throw usage('Say what is to change: --folder, --recipe, --set, --include, --exclude, --flat, --deep, --out, --mirror, --after, --priority, --group, --look, --settle, --poll or --name.');
  const { rule } = await api.changeWatchRule({ id: (await named()).id, ...changes });
  say({ host, isJson }, rule);
}

async function show({ host, isJson }: Call, _api: Api, named: () => Promise<WatchRule>): Promise<void> {
  const rule = await named();
  if (isJson) return printJson(host, { rule });
  const { state, include, exclude, after, look } = rule;
  const lines = [
    `${clean(rule.name)}: ${describe(state)}`, `  ${doesOf(rule)}`,
    ...(include.length === 0 ? [] : [`  only ${include.join(', ')}`]), ...(exclude.length === 0 ? [] : [`  not ${exclude.join(', ')}`]),
    `  sources: ${after.kind === 'move' ? `move to ${after.folder}` : after.kind}; looks by ${state.by ?? look}`,
    `  ${String(state.taken)} taken${state.lastTakenAt === null ? '' : `, last ${formatTime(state.lastTakenAt)}`}; ${String(state.waiting)} not complete yet, ${String(state.passedOver)} passed over`,
    ...(state.problem === null ? [] : [`  ${state.problem.message}`]),
  ];
  printLines(host, lines.map(clean));
}

async function remove({ host, isJson }: Call, api: Api, named: () => Promise<WatchRule>): Promise<void> {
  const { id, name } = await named();
  await api.removeWatchRule({ id });
  if (isJson) printJson(host, { removed: id });
  else printLines(host, [`Removed: ${clean(name)}. Tasks that it added stay.`]);
}

async function scan({ host, isJson }: Call, api: Api, named: () => Promise<WatchRule>): Promise<void> {
  const { id, name } = await named();
  await api.scanWatchRule({ id });
  if (isJson) printJson(host, { scanned: id });
  else printLines(host, [`Looking at all of ${clean(name)}.`]);
}

function enabling(isEnabled: boolean): Act {
  return async ({ host, isJson }, api, named) => {
    const { rule } = await api.changeWatchRule({ id: (await named()).id, isEnabled });
    say({ host, isJson }, rule);
  };
}

function say({ host, isJson }: Pick<Call, 'host' | 'isJson'>, rule: WatchRule): void {
  if (isJson) printJson(host, { rule });
  else printLines(host, [clean(`${rule.name}: ${doesOf(rule)}; ${describe(rule.state)}.`)]);
}

async function find(api: Api, wanted: string): Promise<WatchRule> {
  const { rules } = await api.listWatchRules({});
  const found = rules.find(({ name }) => name === wanted) ?? rules.find(({ id }) => String(id) === wanted.replace(/^#/, ''));
  if (found !== undefined) return found;
  throw new TaskError('USAGE', `There is no watched folder "${wanted}". ${didYouMean(wanted, rules.map(({ name }) => name))}`);
}

function changesOf({ host, options }: Pick<Call, 'host' | 'options'>): Changes {
  const path = (name: string): string | undefined => {
    const given = options.last(name);
    return given === undefined ? undefined : resolve(host.workingDir, given);
  };
  const [folder, recipe, priority, group, look, settle, poll] = [path('folder'), options.last('recipe'), options.last('priority'), options.last('group'), options.last('look'), options.last('settle'), options.last('poll')];
  const [include, exclude, set] = [options.all('include'), options.all('exclude'), options.all('set')];
  if (options.has('flat') && options.has('deep')) throw usage('Give --flat or --deep, not both.');
  return {
    ...(folder === undefined ? {} : { folder }), ...(recipe === undefined ? {} : { recipe }), ...(include.length === 0 ? {} : { include: [...include] }), ...(exclude.length === 0 ? {} : { exclude: [...exclude] }),
    ...(set.length === 0 ? {} : { set: parseSettings(set) }), ...(options.has('flat') || options.has('deep') ? { isRecursive: options.has('deep') } : {}),
    ...outputOf(options, path), ...afterOf(options, path), ...(priority === undefined ? {} : { priority: parsePriority(priority) }), ...(group === undefined ? {} : { group }),
    ...(look === undefined ? {} : { look: parseNames('way to look', [look], LOOKS)[0] ?? 'auto' }), ...(settle === undefined ? {} : { settleSeconds: parseCount('settle', settle) }),
    ...(poll === undefined ? {} : { pollSeconds: parseCount('poll', poll) }),
  };
}

function outputOf(options: Call['options'], path: (name: string) => string | undefined): Pick<Changes, 'output'> {
  const [out, mirror] = [path('out'), path('mirror')];
  if (out !== undefined && mirror !== undefined) throw usage('Give --out or --mirror, not both.');
  if (mirror !== undefined) return { output: { place: 'mirror', path: mirror } };
  if (out === undefined) return {};
  return { output: options.last('out') === 'beside' ? { place: 'beside' } : { place: 'folder', path: out } };
}

function afterOf(options: Call['options'], path: (name: string) => string | undefined): Pick<Changes, 'after'> {
  const [after, to] = [options.last('after'), path('to')];
  if (after === undefined) {
    if (to !== undefined) throw usage('--to belongs to --after move: give both.');
    return {};
  }
  const [kind] = parseNames('way with sources', [after], AFTER);
  if (kind !== 'move') return { after: { kind: kind ?? 'leave' } };
  if (to === undefined) throw usage('Say where the sources go: --after move --to DIR.');
  return { after: { kind, folder: to } };
}

function row(rule: WatchRule): string[] {
  const { id, name, state } = rule;
  return [String(id), name, state.status, String(state.taken), String(state.open), String(state.failed), doesOf(rule), state.problem?.message ?? ''];
}

function doesOf({ recipe, folder, output }: WatchRule): string {
  return `${recipe} for ${folder}${output.place === 'beside' ? '' : ` → ${output.path}`}`;
}

function describe({ status, files, waiting }: WatchState): string {
  switch (status) {
    case 'watching':
      return waiting === 0 ? `watching, ${String(files ?? 0)} files` : `watching, ${String(waiting)} files are not complete yet`;
    case 'scanning':
      return 'looking at the whole folder';
    case 'missing':
      return 'the folder is not there';
    case 'off':
      return 'disabled';
    case 'asleep':
      return 'watched once Longhaul works';
  }
}
