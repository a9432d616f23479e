/** `longhaul export` and `longhaul import`: the whole queue as a file, from one machine to another. */
import { resolve } from 'node:path';
import { EXIT, printJson, printLines, type Command } from '../command.ts';
import { withSession } from '../session.ts';
import { count, formatBytes } from '../terminal/format.ts';
import { usage } from '../values.ts';

export const exportQueue: Command = {
  name: 'export',
  synopsis: 'FILE',
  summary: 'Write the whole queue to a new file, as lines of JSON.',
  options: {},
  notes: ['Tasks, groups, attempts, transcripts, checkpoints, schedules, logs and settings. Secrets and the addresses of web hooks are left out.'],
  async run({ host, dataDir, isJson, positionals }) {
    const file = onlyFile('export', positionals, host.workingDir);
    const exported = await withSession({ host, dataDir, tools: null }, ({ api }) => api.exportQueue({ file }));
    if (isJson) printJson(host, { file, ...exported });
    else printLines(host, [`${count(exported.tasks, 'task')} in ${file} (${formatBytes(exported.sizeBytes)})`]);
    return EXIT.done;
  },
};

export const importQueue: Command = {
  name: 'import',
  synopsis: 'FILE',
  summary: 'Take the tasks of an exported queue in.',
  options: {},
  notes: ['Tasks get new ids and keep what belongs to them. What was over stays over; what ran there becomes pending. A second import of the same file takes nothing twice.'],
  async run({ host, dataDir, isJson, positionals }) {
    const file = onlyFile('import', positionals, host.workingDir);
    const imported = await withSession({ host, dataDir, tools: null }, ({ api }) => api.importQueue({ file }));
    if (isJson) printJson(host, imported);
    else printLines(host, [`${count(imported.tasks, 'task')} taken in${imported.skipped === 0 ? '' : `; ${String(imported.skipped)} were here already`}.`]);
    return EXIT.done;
  },
};

function onlyFile(command: string, positionals: readonly string[], workingDir: string): string {
  const [file, more] = positionals;
  if (file === undefined || more !== undefined) throw usage(`Name one file: longhaul ${command} FILE.`);
  return resolve(workingDir, file);
}
