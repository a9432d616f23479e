// Starts the app that was packed for users in dist/, as it is, and waits until it has its queue open. For the release workflow.
// It has no inspector (a fuse), so nothing drives it: it is asked through the socket that every Longhaul answers on.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { rootDir } from '../setup/paths.mjs';
import { findOnPath } from '../setup/run.mjs';

/** A first start on a slow runner, with a virus scanner looking on. */
const START_LIMIT_MS = 120_000;
const STEADY_MS = 5_000;

const dist = join(rootDir, 'dist');
const dir = mkdtempSync(join(tmpdir(), 'longhaul-packed-'));
const dataDir = join(dir, 'data');
const program = findProgram();
const needsScreen = process.platform === 'linux' && !process.env.DISPLAY;
const args = [`--user-data-dir=${join(dir, 'profile')}`, ...(process.platform === 'linux' ? ['--no-sandbox'] : [])];
const [command, ...rest] = needsScreen && findOnPath('xvfb-run') ? ['xvfb-run', '-a', program, ...args] : [program, ...args];

let exitCode = 1;
const child = spawn(command, rest, { env: { ...process.env, LONGHAUL_DATA: dataDir }, stdio: 'inherit', detached: process.platform !== 'win32' });
const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
try {
  const pid = await untilServing();
  // A page that fails at once would take the app down in its first seconds.
  const early = await Promise.race([ended, wait(STEADY_MS, undefined)]);
  if (early !== undefined) throw new Error(`it ended after its start with ${early}`);
  process.stdout.write(`${program} started, opened its queue (process ${pid}) and stayed.\n`);
  exitCode = 0;
} catch (error) {
  process.stderr.write(`${program}: ${error.message}\n`);
} finally {
  end();
  await ended;
  rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 500 });
}
process.exitCode = exitCode;

/** engine.json is written when the queue is open and can be asked. */
async function untilServing() {
  const path = join(dataDir, 'engine.json');
  for (const deadline = Date.now() + START_LIMIT_MS; Date.now() < deadline; await wait(250)) {
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')).pid;
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
  }
  throw new Error('its queue did not open');
}

/** With all that belongs to it: xvfb-run is no parent that passes a signal on. */
function end() {
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

function findProgram() {
  const names = existsSync(dist) ? readdirSync(dist) : [];
  const folder = names.find((name) => /^(linux|win)(-\w+)?-unpacked$|^mac(-\w+)?$/.test(name));
  if (folder === undefined) throw new Error('Nothing is packed in dist/. Run: npm run pack');
  if (process.platform === 'darwin') return join(dist, folder, 'Longhaul.app', 'Contents', 'MacOS', 'Longhaul');
  return join(dist, folder, process.platform === 'win32' ? 'Longhaul.exe' : 'longhaul');
}
