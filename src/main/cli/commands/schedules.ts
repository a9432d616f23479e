/** `longhaul schedules`: what is done by the clock, and the history of what the clean-up took off the list. */
import { resolve } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import type { MissedPolicy, Schedule, Timing } from '../../../shared/schedule-contract.ts';
import { EXIT, printJson, printLines, type Call, type Command } from '../command.ts';
import { withSession, type Session } from '../session.ts';
import { formatTime } from '../terminal/format.ts';
import { renderTable } from '../terminal/table.ts';
import { clean } from '../terminal/text.ts';
import { parseCount, parseNames, usage } from '../values.ts';

type Api = Session['api'];
type Act = (call: Call, api: Api, named: () => Promise<Schedule>) => Promise<void>;

const ACTIONS: Readonly<Record<string, Act>> = { list, add, change, remove, run, enable: enabling(true), disable: enabling(false) };
const MISSED: readonly MissedPolicy[] = ['once', 'skip'];

export const schedules: Command = {
  name: 'schedules',
  synopsis: '[list | add NAME --folder DIR --recipe R --cron "30 2 * * *" | change NAME … | remove NAME | run NAME | enable NAME | disable NAME]',
  summary: 'What is done by the clock: Longhaul\'s own upkeep, and recipes for whatever is new in a folder.',
  options: {
    'folder': { value: 'DIR', help: 'the folder whose new files are taken, each once; they stay as they are' },
    'recipe': { value: 'R', help: 'what is made of each of them' },
    'out': { value: 'DIR', help: 'where the results go; outside of the folder' },
    'cron': { value: 'PATTERN', help: 'when: minute, hour, day, month and day of the week, or @daily and the like' },
    'every': { value: 'SECONDS', help: 'instead of --cron: every so many seconds, 60 or more' },
    'time-zone': { value: 'ZONE', help: 'whose clock --cron means, such as Europe/Berlin (local: this machine\'s)' },
    'missed': { value: 'HOW', help: 'what becomes of times at which Longhaul did not run: once (one run for all of them) or skip' },
    'name': { value: 'NEW', help: 'change: another name' },
  },
  notes: ['NAME may be the number that `schedules list` shows. Schedules fire while Longhaul works: the app, `longhaul serve` or `longhaul run`.'],
  async run(call) {
    const { host, dataDir, positionals } = call;
    const [action = 'list', name, more] = positionals;
    const act = Object.entries(ACTIONS).find(([one]) => one === action)?.[1];
    if (act === undefined) throw usage(`schedules can't ${action}. ${didYouMean(action, Object.keys(ACTIONS))}`);
    if (more !== undefined || (action === 'list' && name !== undefined)) throw usage(`schedules ${action} takes ${action === 'list' ? 'no name' : 'one name'}; put a name with spaces in quotes.`);
    if (action !== 'list' && name === undefined) throw usage(`Say which schedule: longhaul schedules ${action} NAME.`);
    return withSession({ host, dataDir, tools: null }, async ({ api }) => {
      await act(call, api, () => find(api, name ?? ''));
      return EXIT.done;
    });
  },
};

async function list({ host, isJson }: Call, api: Api): Promise<void> {
  const { schedules: all } = await api.listSchedules({});
  if (isJson) return printJson(host, { schedules: all });
  if (all.length === 0) return printLines(host, ['No schedules yet. Longhaul\'s own come when it first works on this folder.']);
  const columns = [{ title: 'ID', side: 'right' }, { title: 'NAME' }, { title: 'WHEN' }, { title: 'NEXT' }, { title: 'LAST', isFlexible: true }, { title: 'DOES', isFlexible: true }] as const;
  printLines(host, renderTable(columns, all.map(row), host.out.columns()));
}

async function add({ host, isJson, options, positionals }: Call, api: Api): Promise<void> {
  const [folder, recipe, out, timing] = [options.last('folder'), options.last('recipe'), options.last('out'), timingOf(options)];
  if (folder === undefined || recipe === undefined || timing === null) throw usage('Say what is done when: longhaul schedules add NAME --folder DIR --recipe R --cron "30 2 * * *" [--out DIR].');
  const missed = missedOf(options);
  const { schedule } = await api.addSchedule({
    name: positionals[1] ?? '', timing, folder: resolve(host.workingDir, folder), recipe, outputDir: out === undefined ? null : resolve(host.workingDir, out), ...(missed === null ? {} : { missed }),
  });
  say({ host, isJson }, schedule);
}

async function change({ host, isJson, options }: Call, api: Api, named: () => Promise<Schedule>): Promise<void> {
  const [name, folder, recipe, out, timing, missed] = [options.last('name'), options.last('folder'), options.last('recipe'), options.last('out'), timingOf(options), missedOf(options)];
  const changes = {
    ...(name === undefined ? {} : { name }), ...(recipe === undefined ? {} : { recipe }), ...(timing === null ? {} : { timing }), ...(missed === null ? {} : { missed }),
    ...(folder === undefined ? {} : { folder: resolve(host.workingDir, folder) }), ...(out === undefined ? {} : { outputDir: resolve(host.workingDir, out) }),
  };
  if (Object.keys(changes).length === 0) throw usage('Say what is to change: --cron, --every, --time-zone, --missed, --folder, --recipe, --out or --name.');
  const { schedule } = await api.changeSchedule({ id: (await named()).id, ...changes });
  say({ host, isJson }, schedule);
}

async function remove({ host, isJson }: Call, api: Api, named: () => Promise<Schedule>): Promise<void> {
  const { id, name } = await named();
  await api.removeSchedule({ id });
  if (isJson) printJson(host, { removed: id });
  else printLines(host, [`Removed: ${clean(name)}. Tasks that it added stay.`]);
}

async function run({ host, isJson }: Call, api: Api, named: () => Promise<Schedule>): Promise<void> {
  const { id, name } = await named();
  const started = await api.runScheduleNow({ id });
  if (isJson) return printJson(host, started);
  const { isRunning } = await api.getStatus({});
  printLines(host, [`${clean(name)} is task ${String(started.taskId)}${started.isNew ? '' : ', which was waiting or running already'}${isRunning ? '' : '; it is done with the next `longhaul run`'}.`]);
}

function enabling(isEnabled: boolean): Act {
  return async ({ host, isJson }, api, named) => {
    const { schedule } = await api.changeSchedule({ id: (await named()).id, isEnabled });
    say({ host, isJson }, schedule);
  };
}

function say({ host, isJson }: Pick<Call, 'host' | 'isJson'>, schedule: Schedule): void {
  if (isJson) printJson(host, { schedule });
  else printLines(host, [`${clean(schedule.name)}: ${clean(whenOf(schedule.timing))}, ${schedule.nextFor === null ? 'disabled' : `next ${formatTime(schedule.nextFor)}`}.`]);
}

async function find(api: Api, wanted: string): Promise<Schedule> {
  const { schedules: all } = await api.listSchedules({});
  const found = all.find(({ name }) => name === wanted) ?? all.find(({ id }) => String(id) === wanted.replace(/^#/, ''));
  if (found !== undefined) return found;
  throw new TaskError('SCHEDULE_UNKNOWN', `There is no schedule "${wanted}". ${didYouMean(wanted, all.map(({ name }) => name))}`);
}

function timingOf(options: Call['options']): Timing | null {
  const [cron, every, timeZone] = [options.last('cron'), options.last('every'), options.last('time-zone')];
  if (cron !== undefined && every !== undefined) throw usage('Give --cron or --every, not both.');
  if (timeZone !== undefined && cron === undefined) throw usage('--time-zone belongs to a --cron: give both.');
  if (every !== undefined) {
    const seconds = parseCount('every', every);
    if (seconds < 60 || seconds > 31_536_000) throw usage('--every takes 60 seconds or more, up to a year.');
    return { kind: 'interval', seconds };
  }
  return cron === undefined ? null : { kind: 'cron', cron, timeZone: timeZone ?? 'local' };
}

function missedOf(options: Call['options']): MissedPolicy | null {
  const missed = options.last('missed');
  return missed === undefined ? null : (parseNames('way with missed times', [missed], MISSED)[0] ?? null);
}

function row({ id, name, timing, nextFor, lastTask, action }: Schedule): string[] {
  const last = lastTask === null ? '' : `#${String(lastTask.id)} ${lastTask.status}${lastTask.message === '' ? '' : `: ${lastTask.message}`}`;
  const does = action.action === 'folder' ? `${action.recipe ?? ''} for ${action.folder ?? ''}` : '';
  return [String(id), name, whenOf(timing), nextFor === null ? 'disabled' : formatTime(nextFor), last, does];
}

function whenOf(timing: Timing): string {
  if (timing.kind === 'interval') return `every ${String(timing.seconds)} s`;
  return timing.timeZone === 'local' ? timing.cron : `${timing.cron} ${timing.timeZone}`;
}
