/** `longhaul show`: one task in full. */
import type { Task } from '../../../shared/task.ts';
import { EXIT, printJson, printLines, type Command } from '../command.ts';
import { formatBytes, formatDuration, formatTime } from '../terminal/format.ts';
import { clean } from '../terminal/text.ts';
import { withSession } from '../session.ts';
import { parseIds, usage } from '../values.ts';

export const show: Command = {
  name: 'show',
  synopsis: 'ID [--log]',
  summary: 'Show one task: how it stands, what it made, what went wrong.',
  options: { log: { help: "add the task's log" } },
  async run({ host, dataDir, isJson, options, positionals }) {
    const [id, ...more] = parseIds(positionals);
    if (id === undefined || more.length > 0) throw usage('Name one task by its id: longhaul show 1. `longhaul list` shows them.');
    return withSession({ host, dataDir, tools: null }, async ({ api }) => {
      const task = await api.getTask({ id });
      const log = options.has('log') ? (await api.getLog({ id })).lines : undefined;
      if (isJson) printJson(host, log === undefined ? task : { ...task, log });
      else printLines(host, [...describe(task), ...(log === undefined ? [] : ['', 'Log:', ...log.map((line) => `  ${clean(line)}`)])]);
      return EXIT.done;
    });
  },
};

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
