/** `longhaul backups`: checked copies of the queue: list, make, restore. */
import { describeRecovery } from '../../../shared/backup-contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import { restoreBackup } from '../../engine/index.ts';
import { connectLocal } from '../../local/client.ts';
import { EXIT, printJson, printLines, type Call, type Command } from '../command.ts';
import { withSession } from '../session.ts';
import { formatBytes } from '../terminal/format.ts';
import { renderTable, type Column } from '../terminal/table.ts';
import { clean } from '../terminal/text.ts';
import { usage } from '../values.ts';

const ACTIONS = { list, make, restore } as const;

export const backups: Command = {
  name: 'backups',
  synopsis: '[list | make | restore NAME]',
  summary: 'Copies of the queue: list them, make one now, restore one.',
  options: {},
  notes: [
    'One is made each night and before the tables change; each is checked when it is made, and a few are kept.',
    '`restore` needs Longhaul to be closed. The queue that was there is kept in the folder set-aside, and what the backup does not know is named.',
  ],
  async run(call) {
    const [action = 'list', ...rest] = call.positionals;
    const found = Object.entries(ACTIONS).find(([name]) => name === action);
    if (found === undefined) throw usage(`backups can't ${action}. ${didYouMean(action, Object.keys(ACTIONS))}`);
    const [name, more] = rest;
    if (more !== undefined || (action !== 'restore' && name !== undefined)) throw usage(`backups ${action} takes ${action === 'restore' ? 'one name' : 'no name'}.`);
    return found[1](call, name);
  },
};

const COLUMNS: readonly Column[] = [{ title: 'NAME', isFlexible: true }, { title: 'KIND' }, { title: 'TASKS', side: 'right' }, { title: 'SIZE', side: 'right' }];

async function list({ host, dataDir, isJson }: Call): Promise<number> {
  const listed = await withSession({ host, dataDir, tools: null }, ({ api }) => api.listBackups({}));
  if (isJson) printJson(host, listed);
  else {
    printLines(host, listed.backups.length === 0
      ? ['No backups yet. `longhaul backups make` makes one.']
      : renderTable(COLUMNS, listed.backups.map(({ name, kind, tasks, sizeBytes }) => [name, kind, tasks === null ? '' : String(tasks), formatBytes(sizeBytes)]), host.out.columns()));
    if (listed.recovery !== null) printLines(host, ['', `${new Date(listed.recovery.at).toISOString()}:`, ...describeRecovery(listed.recovery).map(clean)]);
  }
  return EXIT.done;
}

async function make({ host, dataDir, isJson }: Call): Promise<number> {
  const { backup } = await withSession({ host, dataDir, tools: null }, ({ api }) => api.backupNow({}));
  if (isJson) printJson(host, { backup });
  else printLines(host, [`Made: ${backup.name} (${formatBytes(backup.sizeBytes)})`]);
  return EXIT.done;
}

async function restore({ host, dataDir, isJson }: Call, name: string | undefined): Promise<number> {
  if (name === undefined) throw usage('Say which: longhaul backups restore NAME. `longhaul backups` lists them.');
  const client = await connectLocal({ dataDir });
  if (client !== null) {
    client.close();
    throw new TaskError('STORE_OWNED', `Process ${String(client.pid)} works with the data folder ${dataDir}. Quit it, then restore.`);
  }
  const restored = await restoreBackup({ dataDir, name, now: host.now() });
  // Opens the queue once, so that what the backup does not know is said now.
  const { recovery } = await withSession({ host, dataDir, tools: null }, ({ api }) => api.listBackups({}));
  if (isJson) printJson(host, { ...restored, recovery });
  else printLines(host, [`Restored: ${restored.backup.name}`]);
  return EXIT.done;
}
