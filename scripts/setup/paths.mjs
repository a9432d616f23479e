// Where the set-up finds and keeps things.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout, without a slash at its end. */
export const rootDir = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

/** What may be made again at any time and is worth keeping between checkouts. */
export function cacheDir(env = process.env) {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'longhaul');
}
