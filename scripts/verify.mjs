// npm run verify: sets up what is missing and runs everything that proves the project. The last line counts.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { rootDir } from './setup/paths.mjs';
import { createReport, formatElapsed } from './setup/report.mjs';
import { runAttached } from './setup/run.mjs';
import { setup } from './setup.mjs';
import { runPlaywright } from './verify/playwright.mjs';

const count = { passed: 0, failed: 0, skipped: 0 };
/** Told again at the end, where somebody looks who has only the last page of a log. */
const failures = [];
/** Of a failed test's message, in characters; the log above has it whole. */
const MESSAGE_LENGTH = 1_500;
const bin = (...path) => join(rootDir, 'node_modules', ...path);

/** One check that is a program of its own: exit code 0, or its output. */
async function check(name, program, args, options = {}) {
  const startedAt = performance.now();
  process.stdout.write(`\n── ${name}\n`);
  const code = await runAttached(program, args, { cwd: rootDir, ...options });
  finish(name, code === 0, startedAt, `exit code ${code}`);
  return code === 0;
}

function fail(line) {
  count.failed += 1;
  failures.push(line);
}

function finish(name, isGood, startedAt, why) {
  if (isGood) count.passed += 1;
  else fail(`${name}: ${why}`);
  process.stdout.write(`${isGood ? '✓' : '✗'} ${name}  ${formatElapsed(performance.now() - startedAt)}${isGood ? '' : `  (${why})`}\n`);
}

async function verify() {
  const startedAt = performance.now();
  let found;
  try {
    process.stdout.write('── set-up\n');
    found = await setup();
    finish('set-up', true, startedAt);
  } catch (error) {
    if (error?.name !== 'SetupError') console.error(error);
    finish('set-up', false, startedAt, 'nothing else can be checked without it');
    return;
  }
  const node = found.nodePath;
  await check('lint', node, [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']);
  await check('import rules', node, [bin('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'), 'src', 'bench', 'e2e', '--config', '.dependency-cruiser.cjs']);
  await check('types', node, [bin('typescript', 'bin', 'tsc'), '-b']);
  await check('docs made from code', node, [join('scripts', 'docs.mjs'), '--check']);
  const isBuilt = await check('build', node, [join('scripts', 'build.mjs')]);
  await runTests(node);
  if (isBuilt) await runDemo(node);
  if (isBuilt) await runJourneys(found);
}

/** Unit and integration tests. vitest prints them for people and writes them for us. */
async function runTests(nodePath) {
  const startedAt = performance.now();
  process.stdout.write('\n── tests\n');
  const folder = makeReportFolder();
  const reportPath = join(folder, 'tests.json');
  try {
    const code = await runAttached(nodePath, [bin('vitest', 'vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`], { cwd: rootDir });
    const files = existsSync(reportPath) ? JSON.parse(readFileSync(reportPath, 'utf8')).testResults : [];
    countTests(files);
    // A file that could not be loaded, or an error outside every test, leaves no failed test behind.
    if (code !== 0 && count.failed === 0) finish('tests', false, startedAt, `exit code ${code}`);
    if (files.length === 0) finish('tests', false, startedAt, 'no test file was run');
    process.stdout.write(`tests  ${formatElapsed(performance.now() - startedAt)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function countTests(files) {
  const skipped = [];
  for (const { name: path, status, assertionResults, message } of files) {
    if (status === 'failed' && assertionResults.every((test) => test.status !== 'failed')) {
      fail(`${relative(rootDir, path)}: ${message}`);
    }
    for (const { status: outcome, fullName, failureMessages = [] } of assertionResults) {
      if (outcome === 'passed') count.passed += 1;
      else if (outcome === 'failed') fail(`${relative(rootDir, path)}: ${fullName}\n${failureMessages.join('\n').slice(0, MESSAGE_LENGTH)}`);
      else {
        count.skipped += 1;
        skipped.push(`${relative(rootDir, path)}: ${fullName}`);
      }
    }
  }
  printSkipped(skipped);
}

/** The interface in a browser, in an Electron, and in the app as it is packed. What can't be set up fails by itself; the rest still runs. */
async function runJourneys({ nodePath, ffmpegPath, ffprobePath, whisperCliPath }) {
  const report = createReport();
  const env = { LONGHAUL_FFMPEG: ffmpegPath, LONGHAUL_FFPROBE: ffprobePath, LONGHAUL_WHISPER_CLI: whisperCliPath, ...process.env };
  process.stdout.write('\n── journeys\n');
  const chromium = await prepare('Chromium', () => report.step('Chromium', ensureChromium));
  const electron = await prepare('Electron', () => report.step('Electron', ensureElectron));
  if (chromium !== undefined) await runProject(nodePath, 'serve', { ...env, LONGHAUL_E2E_CHROMIUM: chromium.chromiumPath });
  if (electron === undefined) return;
  await runProject(nodePath, 'desktop', env);
  if (await check('pack (electron-builder --dir)', nodePath, [join('scripts', 'pack.mjs'), '--for-tests'])) await runProject(nodePath, 'packed', env);
}

/** Undefined where it can't be had; the report has said why. */
async function prepare(name, work) {
  const startedAt = performance.now();
  try {
    return await work();
  } catch (error) {
    if (error?.name !== 'SetupError') console.error(error);
    finish(name, false, startedAt, 'the journeys that need it were not run');
    return undefined;
  }
}

/** Each test counts as one. */
async function runProject(nodePath, project, env) {
  const startedAt = performance.now();
  process.stdout.write(`\n── e2e ${project}\n`);
  const folder = makeReportFolder();
  try {
    const { passed, failed, skipped, notes } = await runPlaywright({ nodePath, project, env, reportPath: join(folder, 'report.json') });
    count.passed += passed;
    count.skipped += skipped.length;
    for (const line of failed) fail(line);
    printSkipped(skipped);
    process.stdout.write(`e2e ${[project, ...notes].join(', ')}  ${formatElapsed(performance.now() - startedAt)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeReportFolder() {
  mkdirSync(join(rootDir, '.cache'), { recursive: true });
  return mkdtempSync(join(rootDir, '.cache', 'verify-'));
}

function printSkipped(names) {
  if (names.length > 0) process.stdout.write(`Skipped:\n${names.map((line) => `  ↓ ${line}\n`).join('')}`);
}

/** What the demo must leave behind: one file at least of each kind. */
const DEMO_RESULTS = ['.srt', '.vtt', '.txt', '.json', '.mp4', '.jpg'];

/** The demo as a user starts it, in an empty folder. */
async function runDemo(node) {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-verify-'));
  try {
    const isDone = await check('demo', node, [join(rootDir, 'scripts', 'demo.mjs')], { cwd: folder, env: { ...process.env, INIT_CWD: folder } });
    if (!isDone) return;
    const startedAt = performance.now();
    const names = readdirSync(join(folder, 'longhaul-demo'), { recursive: true }).map(String);
    const missing = DEMO_RESULTS.filter((ending) => !names.some((name) => !name.startsWith('.data') && name.endsWith(ending)));
    finish('demo results', missing.length === 0, startedAt, `missing: ${missing.join(', ')}; there: ${names.join(', ')}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await verify();
if (failures.length > 0) process.stdout.write(`\n── failed\n${failures.map((line) => `✗ ${line}\n`).join('')}`);
process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
process.exitCode = count.failed > 0 ? 1 : 0;
