/** Looks at what everything else relies on: the store, the disk, the tools, the leases. */
import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import type { Upkeep, UpkeepParts, UpkeepRun } from './upkeep.ts';

/** A table of so many rows is read through in about 10 ms. Larger ones are checked with the backups, on copies, where nobody waits. */
const ROWS_CHECKED = 20_000;
/** The longest lease, twice over: the scheduler looks at leases every few seconds. */
const STALE_MS = 2 * 900_000;
const MB = 1_000_000;
/** Below this even without a limit of its own a store has no room to go on for long. */
const LEAST_FREE_MB = 200;

/** Finds nothing and is replaced by the next, or says what is wrong and stays. */
export const checkHealth: Upkeep = async (run, parts) => {
  const problems = [...(await storeProblems(run, parts)), ...(await diskProblems(run, parts)), ...(await toolProblems(parts)), ...(await leaseProblems(parts))];
  for (const problem of problems) run.warn(problem);
  return problems.length === 0 ? { message: 'all is well', isQuiet: true } : { message: problems.join(' '), isQuiet: false };
};

/** Table by table, each a call of its own, so that others get their turn between them. That it writes, every run proves by its own commits. */
async function storeProblems(run: UpkeepRun, { store }: UpkeepParts): Promise<string[]> {
  const problems: string[] = [];
  const large: string[] = [];
  for (let at = 0, tables = 1; at < tables; at += 1) {
    run.signal.throwIfAborted();
    const checked = await store.checkTable(at, ROWS_CHECKED);
    tables = checked.tables;
    if (checked.problems === null) large.push(checked.table);
    else if (checked.problems.length > 0) problems.push(`The database is damaged in ${checked.table} (${checked.problems[0] ?? ''}). Restore a backup with \`longhaul backups\`.`);
  }
  run.log(`the store's tables were read through${large.length === 0 ? '' : `, but for ${large.join(', ')}, which are too large to do so beside other work and are checked in each backup`}`);
  return problems;
}

async function diskProblems(run: UpkeepRun, { dataDir, settings }: UpkeepParts): Promise<string[]> {
  const { bavail, bsize } = await statfs(dataDir);
  const freeMb = Math.floor((bavail * bsize) / MB);
  run.log(`${freeMb} MB are free on the disk of the data folder`);
  return freeMb >= Math.max(LEAST_FREE_MB, Number(settings().holdBelowFreeMb)) ? [] : [`Only ${freeMb} MB are free on the disk of ${dataDir}. Free some space.`];
}

async function toolProblems({ tools }: UpkeepParts): Promise<string[]> {
  const wanted = [['FFmpeg', tools.ffmpegPath], ['ffprobe', tools.ffprobePath], ['whisper-cli', tools.whisperCliPath], ['LibreOffice', tools.libreOfficePath]] as const;
  const found = await Promise.all(wanted.map(([, path]) => (path === null ? Promise.resolve(true) : access(path, constants.X_OK).then(() => true, () => false))));
  return wanted.flatMap(([name, path], index) => (found[index] === true ? [] : [`${name} is not at ${path ?? ''} any more. Install it again, then start Longhaul anew.`]));
}

async function leaseProblems({ store, clock }: UpkeepParts): Promise<string[]> {
  const stale = await store.staleLeases(clock.now() - STALE_MS);
  return stale.length === 0 ? [] : [`${stale.length === 1 ? 'Task' : 'Tasks'} ${stale.join(', ')} should run and nothing was heard of it for long. Start Longhaul anew.`];
}
