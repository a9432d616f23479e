/** `longhaul show`: one task in full. */
import type { AttemptRecord } from '../../../shared/contract.ts';
import type { Task } from '../../../shared/task.ts';
import { EXIT, printJson, printLines, type Command } from '../command.ts';
import { formatBytes, formatDuration, formatTime } from '../terminal/format.ts';
import { renderTable, type Column } from '../terminal/table.ts';
import { clean } from '../terminal/text.ts';
import { withSession } from '../session.ts';
import { parseCount, parseIds, usage } from '../values.ts';

export const show: Command = {
  name: 'show',
  synopsis: 'ID [--log [--attempt N]] [--attempts]',
  summary: 'Show one task: how it stands, what it made, what went wrong.',
  options: { log: { help: "add the task's log" }, attempt: { value: 'N', help: 'of the log, only what was said in this attempt' }, attempts: { help: 'add its past attempts: how each ended, where it ran, how long it took' } },
  async run({ host, dataDir, isJson, options, positionals }) {
    const [id, ...more] = parseIds(positionals);
    if (id === undefined || more.length > 0) throw usage('Name one task by its id: longhaul show 1. `longhaul list` shows them.');
    const attempt = options.last('attempt');
    return withSession({ host, dataDir, tools: null }, async ({ api }) => {
      const task = await api.getTask({ id });
      const log = options.has('log') || attempt !== undefined ? (await api.getLog({ id, attempt: attempt === undefined ? undefined : parseCount('attempt', attempt) })).lines : undefined;
      const attempts = options.has('attempts') ? (await api.getAttempts({ id })).attempts : undefined;
      if (isJson) printJson(host, { ...task, ...(log === undefined ? {} : { log }), ...(attempts === undefined ? {} : { attempts }) });
      else {
        printLines(host, describe(task));
        if (attempts !== undefined) printLines(host, ['', 'Attempts:', ...renderTable(ATTEMPT_COLUMNS, attempts.map(attemptRow), host.out.columns())]);
        if (log !== undefined) printLines(host, ['', 'Log:', ...log.map((line) => `  ${clean(line)}`)]);
      }
      return EXIT.done;
    });
  },
};

const ATTEMPT_COLUMNS: readonly Column[] = [
  { title: 'ATTEMPT', side: 'right' }, { title: 'ENDED' }, { title: 'OUTCOME' }, { title: 'TOOK', side: 'right' }, { title: 'WORKER' }, { title: 'CAUSE', isFlexible: true },
];

function attemptRow({ attempt, endedAt, outcome, durationMs, worker, error }: AttemptRecord): string[] {
  return [String(attempt), formatTime(endedAt), outcome, formatDuration(durationMs), worker ?? '', error === null ? '' : `${error.code}: ${error.message}`];
}

function describe(task: Task): string[] {
  const { estimate, checkpoint, error, lastError } = task;
  const time = (at: number | null): string => (at === null ? '' : formatTime(at));
  const rows: [string, string][] = [
    ['task', `#${String(task.id)}  ${task.type}  ${task.recipe}`],
    ['status', `${task.status}${task.stopRequested === null ? '' : ` (${task.stopRequested} requested)`}  ${String(Math.floor(task.progress))}%`],
    ['now', task.message],
    ...task.warnings.map((warning): [string, string] => ['note', warning]),
    ['error', error === null ? '' : `${error.message} [${error.code}]`],
    ['last error', error !== null || lastError === null ? '' : `${lastError.message} [${lastError.code}]`],
    ['details', error?.details ?? ''],
    ...task.inputs.map((path): [string, string] => ['input', path]),
    ['output to', task.outputDir ?? 'beside the input'],
    ...task.outputs.map(({ path, sizeBytes, sha256 }): [string, string] => ['output', `${path}  ${formatBytes(sizeBytes)}  sha256 ${sha256}`]),
    ['options', JSON.stringify(task.options)],
    ['priority', String(task.priority)],
    ['attempt', `${String(task.attempt)}, failed ${String(task.failures)} of at most ${String(task.maxRetries + 1)}`],
    ['checkpoint', checkpoint === null ? '' : `${String(checkpoint.partsDone)} of ${String(checkpoint.partsTotal)} parts`],
    ['after', task.dependsOn.map((id) => `#${String(id)}`).join(', ')],
    ['not before', time(task.runAt)],
    ['estimate', estimate === null ? '' : `${formatDuration(estimate.seconds * 1000)}, ${formatBytes(estimate.memoryBytes)} of memory, ${formatBytes(estimate.tempBytes)} of temporary files`],
    ['added', time(task.createdAt)],
    ['started', time(task.startedAt)],
    ['completed', time(task.completedAt)],
    ['took', task.durationMs === 0 ? '' : formatDuration(task.durationMs)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.filter(([, value]) => value !== '').map(([name, value]) => `${name.padEnd(width)}  ${clean(value)}`);
}
