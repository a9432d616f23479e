// npm start [-- FILE …]: does what is missing (set-up, build, Electron's binary) and opens the app. Where no app can be opened it says why,
// and opens the same in a browser.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir } from './setup/paths.mjs';
import { buildProduct, cliPath, isBuilt, SERVED, WHOLE } from './setup/product.mjs';
import { createReport } from './setup/report.mjs';
import { isProgram, run, runAttached } from './setup/run.mjs';
import { obstacleHere } from './setup/screen.mjs';
import { runScript, setup } from './setup.mjs';

/** 120 MB on a slow line; a line that is cut fails by itself much sooner. */
const DOWNLOAD_MS = 15 * 60_000;
/** An Electron that can't start on this machine ends by then. One that its user has looked at was not kept from starting. */
const START_MS = 10_000;

await runScript(async () => {
  const files = process.argv.slice(2);
  const report = createReport();
  const { nodePath, ffmpegPath, ffprobePath, whisperCliPath } = await setup({ report });
  const env = { ...process.env, LONGHAUL_FFMPEG: ffmpegPath, LONGHAUL_FFPROBE: ffprobePath, LONGHAUL_WHISPER_CLI: whisperCliPath };
  const obstacle = obstacleHere() ?? (await report.step('Electron', () => ensureBinary(nodePath))).obstacle;
  const parts = obstacle === undefined ? WHOLE : SERVED;
  await report.step('build', async () => (isBuilt(parts) ? { text: 'out/ is up to date' } : buildProduct(nodePath, parts)));
  if (obstacle !== undefined) return serveInstead(obstacle, nodePath, env);

  const startedAt = performance.now();
  const code = await runAttached(electronPath(), [rootDir, ...files], { cwd: process.env.INIT_CWD ?? rootDir, env });
  const hasFailed = code !== 0 && code !== 130 && code !== 143 && performance.now() - startedAt < START_MS;
  return hasFailed ? serveInstead(`Electron does not start on this machine (exit code ${code}).`, nodePath, env) : code;
});

/** The npm package brings its own way to fetch the binary, and checks its sum. */
async function ensureBinary(nodePath) {
  if (electronPath() !== undefined) return { text: 'is there' };
  const { code, output } = await run(nodePath, [join(rootDir, 'node_modules', 'electron', 'install.js')], { cwd: rootDir, timeoutMs: DOWNLOAD_MS });
  if (code === 0 && electronPath() !== undefined) return { text: 'downloaded' };
  const cause = /\b(ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|fetch failed|HTTPError[^\n]*)/.exec(output)?.[1] ?? (code === null ? 'it took too long' : `exit code ${code}`);
  return { text: 'can\'t be had here', obstacle: `Electron's program could not be downloaded (${cause}).` };
}

/** Undefined: not downloaded yet. Asked of the package itself it would be downloaded then, without a word. */
function electronPath() {
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH || join(rootDir, 'node_modules', 'electron', 'dist');
  const path = join(dist, readText(join(rootDir, 'node_modules', 'electron', 'path.txt')) ?? (process.platform === 'win32' ? 'electron.exe' : 'electron'));
  return isProgram(path) ? path : undefined;
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

async function serveInstead(obstacle, nodePath, env) {
  process.stdout.write(`\n${obstacle} Longhaul opens in the browser instead.\n\n`);
  return runAttached(nodePath, [cliPath, 'serve'], { cwd: process.env.INIT_CWD ?? rootDir, env });
}
