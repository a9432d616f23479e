/** `longhaul queues`: how each queue stands, and what it may do when. */
import type { EngineApi } from '../../../shared/contract.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import { hours, rate, type QueueState, type Rate, type Wait } from '../../../shared/queue-contract.ts';
import { QUEUE_NAMES, queueName, type QueueName } from '../../../shared/task.ts';
import { EXIT, printJson, printLines, type Command } from '../command.ts';
import type { Host } from '../host.ts';
import { withSession } from '../session.ts';
import { renderTable } from '../terminal/table.ts';
import { usage } from '../values.ts';

type Act = (api: EngineApi, name: QueueName, value: string) => Promise<{ queue: QueueState }>;

/** takes: what stands behind the queue's name. */
const ACTIONS: Readonly<Record<string, { readonly takes?: string; readonly act: Act }>> = {
  pause: { act: (api, name) => api.pauseQueue({ name, mode: 'now' }) },
  finish: { act: (api, name) => api.pauseQueue({ name, mode: 'afterCurrent' }) },
  resume: { act: (api, name) => api.resumeQueue({ name }) },
  hours: { takes: '22:00-07:00', act: (api, name, value) => api.setQueue({ name, hours: value === 'all' ? null : parseHours(value) }) },
  close: { takes: 'goOn|interrupt', act: (api, name, value) => api.setQueue({ name, atClose: parseAtClose(value) }) },
  rate: { takes: 'N/SECONDS', act: (api, name, value) => api.setQueue({ name, rate: value === 'none' ? null : parseRate(value) }) },
};
const KEY_ACTION = 'key-rate';
const COLUMNS = [{ title: 'QUEUE' }, { title: 'RUNNING', side: 'right' }, { title: 'HOURS' }, { title: 'RATE' }, { title: 'WAITS FOR', isFlexible: true }] as const;

export const queues: Command = {
  name: 'queues',
  synopsis: '[list | pause NAME | finish NAME | resume NAME | hours NAME 22:00-07:00 | close NAME goOn|interrupt | rate NAME N/SECONDS | key-rate KEY N/SECONDS]',
  summary: 'How the queues stand; pause one, or let it work at certain hours or at a certain rate only.',
  options: {},
  notes: [
    'pause interrupts what runs in the queue, finish lets it come to its end. Both hold until resume.',
    'hours are local time, `all` takes them away; close says what becomes of running work when they end.',
    'rate 10/60 starts at most 10 tasks in 60 seconds, `none` takes it away. key-rate does so for all tasks of one rate key, `*` for every key.',
    `Queues: ${QUEUE_NAMES.join(', ')}.`,
  ],
  async run({ host, dataDir, isJson, positionals }) {
    const [action = 'list', name, value, ...rest] = positionals;
    if (rest.length > 0) throw usage(`queues ${action} takes no more than a name and a value.`);
    if (action === 'list') {
      if (name !== undefined) throw usage('queues list takes no name.');
      return withSession({ host, dataDir, tools: null }, async ({ api }) => {
        const [{ queues: states }, { limits }] = await Promise.all([api.listQueues({}), api.listRateLimits({})]);
        if (isJson) printJson(host, { queues: states, limits });
        else printLines(host, [...table(host, states), ...limits.map(({ key, rate: limit }) => `Tasks with the rate key ${key}: ${formatRate(limit)}`)]);
        return EXIT.done;
      });
    }
    if (action === KEY_ACTION) return setKeyRate({ host, dataDir, isJson }, name, value);
    const wanted = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (wanted === undefined) throw usage(`queues can't ${action}. ${didYouMean(action, ['list', ...Object.keys(ACTIONS), KEY_ACTION])}`);
    const queue = parseQueue(action, name);
    if ((wanted.takes === undefined) !== (value === undefined)) throw usage(`Write it so: longhaul queues ${action} ${queue}${wanted.takes === undefined ? '' : ` ${wanted.takes}`}.`);
    return withSession({ host, dataDir, tools: null }, async ({ api }) => {
      const answer = await wanted.act(api, queue, value ?? '');
      if (isJson) printJson(host, answer);
      else printLines(host, table(host, [answer.queue]));
      return EXIT.done;
    });
  },
};

async function setKeyRate({ host, dataDir, isJson }: { host: Host; dataDir: string; isJson: boolean }, key: string | undefined, value: string | undefined): Promise<number> {
  if (key === undefined || value === undefined) throw usage(`Write it so: longhaul queues ${KEY_ACTION} KEY N/SECONDS.`);
  const limit = value === 'none' ? null : parseRate(value);
  return withSession({ host, dataDir, tools: null }, async ({ api }) => {
    await api.setRateLimit({ key, rate: limit });
    if (isJson) printJson(host, { key, rate: limit });
    else printLines(host, [`Tasks with the rate key ${key}: ${limit === null ? 'no limit' : formatRate(limit)}`]);
    return EXIT.done;
  });
}

function table(host: Host, states: readonly QueueState[]): string[] {
  const rows = states.map(({ name, running, concurrency, hours: open, atClose, rate: limit, waitsFor }) => [
    name, `${String(running)} of ${String(concurrency)}`, open === null ? 'all' : `${open.from}-${open.to}${atClose === 'interrupt' ? ', then interrupts' : ''}`,
    limit === null ? '' : formatRate(limit), waitsFor.map(formatWait).join(', '),
  ]);
  return renderTable(COLUMNS, rows, host.out.columns());
}

function formatWait({ reason, until, detail }: Wait): string {
  return until === null ? (detail ?? reason) : `${reason} until ${new Date(until).toLocaleTimeString()}`;
}

function formatRate({ count, seconds }: Rate): string {
  return `${String(count)} in ${String(seconds)} s`;
}

function parseQueue(action: string, name: string | undefined): QueueName {
  if (name === undefined) throw usage(`Say which queue: longhaul queues ${action} ${QUEUE_NAMES.join('|')}.`);
  const parsed = queueName.safeParse(name);
  if (!parsed.success) throw usage(`There is no queue "${name}". ${didYouMean(name, QUEUE_NAMES)}`);
  return parsed.data;
}

function parseHours(text: string): { from: string; to: string } {
  const [from = '', to = ''] = text.split('-').map((time) => time.trim().padStart(5, '0'));
  const parsed = hours.safeParse({ from, to });
  if (!parsed.success) throw usage(`Hours look like 22:00-07:00 (or \`all\`), not "${text}".`);
  return parsed.data;
}

function parseAtClose(text: string): 'goOn' | 'interrupt' {
  if (text === 'goOn' || text === 'interrupt') return text;
  throw usage(`When its hours end, running work can goOn or interrupt, not "${text}".`);
}

function parseRate(text: string): Rate {
  const [, count, seconds] = /^(\d+)\/(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const parsed = rate.safeParse({ count: Number(count), seconds: Number(seconds) });
  if (!parsed.success) throw usage(`A rate looks like 10/60 for 10 tasks in 60 seconds (or \`none\`), at most a thousand a second, not "${text}".`);
  return parsed.data;
}
