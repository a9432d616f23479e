/** Where the queue is kept when nobody names another folder: the same for every host, or a user would have several queues. */
import { isAbsolute, join, resolve } from 'node:path';

/** The machine as it is asked. */
export interface DataDirSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
}

/** The data folder where neither a command nor LONGHAUL_DATA names one. */
export function defaultDataDir({ env, platform, homeDir }: DataDirSurroundings): string {
  if (platform === 'darwin') return join(homeDir, 'Library', 'Application Support', 'Longhaul');
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homeDir, 'AppData', 'Roaming'), 'Longhaul');
  const dataHome = env['XDG_DATA_HOME'];
  return join(dataHome !== undefined && isAbsolute(dataHome) ? dataHome : join(homeDir, '.local', 'share'), 'longhaul');
}

/** LONGHAUL_DATA, else the default; absolute. */
export function chosenDataDir(surroundings: DataDirSurroundings, workingDir: string): string {
  const named = surroundings.env['LONGHAUL_DATA'];
  return named === undefined || named === '' ? defaultDataDir(surroundings) : resolve(workingDir, named);
}
