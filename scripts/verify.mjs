// npm run verify: sets up what is missing and runs everything that proves the project. The last line counts.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { rootDir } from './setup/paths.mjs';
import { formatElapsed } from './setup/report.mjs';
import { runAttached } from './setup/run.mjs';
import { setup } from './setup.mjs';

const count = { passed: 0, failed: 0, skipped: 0 };
const bin = (...path) => join(rootDir, 'node_modules', ...path);

/** One check that is a program of its own: exit code 0, or its output. */
async function check(name, program, args, options = {}) {
  const startedAt = performance.now();
  process.stdout.write(`\n── ${name}\n`);
  const code = await runAttached(program, args, { cwd: rootDir, ...options });
  finish(name, code === 0, startedAt, `exit code ${code}`);
  return code === 0;
}

function finish(name, isGood, startedAt, why) {
  count[isGood ? 'passed' : 'failed'] += 1;
  process.stdout.write(`${isGood ? '✓' : '✗'} ${name}  ${formatElapsed(performance.now() - startedAt)}${isGood ? '' : `  (${why})`}\n`);
}

async function verify() {
  const startedAt = performance.now();
  let node;
  try {
    process.stdout.write('── set-up\n');
    node = (await setup()).nodePath;
    finish('set-up', true, startedAt);
  } catch (error) {
    if (error?.name !== 'SetupError') console.error(error);
    finish('set-up', false, startedAt, 'nothing else can be checked without it');
    return;
  }
  await check('lint', node, [bin('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0']);
  await check('import rules', node, [bin('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'), 'src', 'bench', 'e2e', '--config', '.dependency-cruiser.cjs']);
  await check('types', node, [bin('typescript', 'bin', 'tsc'), '-b']);
  await check('docs made from code', node, [join('scripts', 'docs.mjs'), '--check']);
  const isBuilt = await check('build', node, [join('scripts', 'build.mjs')]);
  await runTests(node);
  if (isBuilt) await runDemo(node);
}

/** Unit and integration tests. vitest prints them for people and writes them for us. */
async function runTests(nodePath) {
  const startedAt = performance.now();
  process.stdout.write('\n── tests\n');
  mkdirSync(join(rootDir, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(rootDir, '.cache', 'verify-'));
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
      count.failed += 1;
      process.stdout.write(`✗ ${relative(rootDir, path)}: ${message}\n`);
    }
    for (const { status: outcome, fullName } of assertionResults) {
      if (outcome === 'passed') count.passed += 1;
      else if (outcome === 'failed') count.failed += 1;
      else {
        count.skipped += 1;
        skipped.push(`${relative(rootDir, path)}: ${fullName}`);
      }
    }
  }
  if (skipped.length > 0) process.stdout.write(`Skipped:\n${skipped.map((line) => `  ↓ ${line}\n`).join('')}`);
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
process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
process.exitCode = count.failed > 0 ? 1 : 0;
