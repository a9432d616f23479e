// artifacts/faults/report.md and report.json, out of what the fault tests wrote down (e2e/faults/support/report.ts) and what vitest said.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';

/** parts: { part, code, seconds, lines, testsPath }, in the order in which they were run. */
export function writeReport(folder, { records, parts, isLong }) {
  const found = readdirSync(records).filter((name) => name.endsWith('.json')).sort().map((name) => JSON.parse(readFileSync(join(records, name), 'utf8')));
  const rows = found.filter(({ kind }) => kind === 'findings');
  const report = {
    at: new Date().toISOString(), form: isLong ? 'long' : 'short', machine: { platform: process.platform, arch: process.arch, processors: availableParallelism(), memoryGb: Math.round(totalmem() / 1024 ** 3) },
    parts: parts.map(({ part, code, seconds, lines, testsPath }) => ({ part, isGood: code === 0, seconds, ...testsOf(testsPath), simulation: simulationIn(lines) })),
    sum: summed(rows), tests: rows.map(figures), controls: found.filter(({ kind }) => kind === 'control').map(figures), skipped: found.filter(({ kind }) => kind === 'skipped'),
  };
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, 'report.md'), markdown(report));
}

function figures({ part, test, runs, lost, doubled, overlapping, halfWritten, redone = 0, recoveryMs = [], note = '' }) {
  const sorted = [...recoveryMs].sort((a, b) => a - b);
  return { part, test, runs, lost, doubled, overlapping, halfWritten, redone, recoveryMs: sorted.length === 0 ? null : { median: Math.round(sorted[sorted.length >> 1]), longest: Math.round(sorted.at(-1)) }, note };
}

function summed(rows) {
  const sum = { runs: 0, lost: 0, doubled: 0, overlapping: 0, halfWritten: 0, redone: 0 };
  for (const row of rows) for (const name of Object.keys(sum)) sum[name] += row[name] ?? 0;
  return sum;
}

function testsOf(path) {
  if (!existsSync(path)) return { passed: 0, failed: [], skipped: [] };
  const tests = JSON.parse(readFileSync(path, 'utf8')).testResults.flatMap(({ assertionResults }) => assertionResults);
  const named = (status) => tests.filter((test) => test.status === status).map(({ fullName }) => fullName);
  return { passed: named('passed').length, failed: named('failed'), skipped: tests.filter(({ status }) => status !== 'passed' && status !== 'failed').map(({ fullName }) => fullName) };
}

/** The simulation prints one line: what it checked, how often. */
function simulationIn(lines) {
  const [, steps, seed, checks] = lines.map((line) => /simulation: (\d+) steps from SEED=(\d+): (\{.*\})/.exec(line)).find((match) => match !== null) ?? [];
  return steps === undefined ? null : { steps: Number(steps), seed: Number(seed), checks: JSON.parse(checks) };
}

function markdown({ at, form, machine, parts, sum, tests, controls, skipped }) {
  const columns = ['part', 'test', 'runs', 'lost', 'doubled', 'overlapping', 'half-written', 'redone parts', 'to recover, median / longest ms', 'note'];
  const row = ({ part, test, runs, lost, doubled, overlapping, halfWritten, redone, recoveryMs, note }) =>
    [part, test, runs, lost, doubled, overlapping, halfWritten, redone, recoveryMs === null ? '' : `${recoveryMs.median} / ${recoveryMs.longest}`, note];
  const table = (head, body) => [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.map((cell) => String(cell ?? '–').replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`).join('\n');
  const failed = parts.flatMap((part) => part.failed.map((name) => `- ${part.part}: ${name}`));
  const left = parts.flatMap((part) => part.skipped.map((name) => `- ${part.part}: ${name}`));
  return [
    '# Faults', '', `${at}, ${form} form, ${machine.platform} ${machine.arch}, ${machine.processors} processors, ${machine.memoryGb} GB.`, '',
    `**${sum.runs} faults: ${sum.lost} lost, ${sum.doubled} doubled, ${sum.overlapping} overlapping, ${sum.halfWritten} half-written;** ${sum.redone} parts of work done again.`, '',
    table(['part', 'tests passed', 'failed', 'skipped', 'seconds'], parts.map((part) => [part.part, part.passed, part.failed.length, part.skipped.length, part.seconds])), '',
    table(columns, tests.map(row)), '',
    '## Controls (these must lose something)', '', controls.length === 0 ? 'None was run.' : table(columns, controls.map(row)), '',
    '## Simulation', '', ...parts.filter(({ simulation }) => simulation !== null).map(({ simulation }) => `${simulation.steps} steps from SEED=${simulation.seed}: ${JSON.stringify(simulation.checks)}`), '',
    '## Failed', '', failed.length === 0 ? 'Nothing.' : failed.join('\n'), '',
    '## Skipped', '', [...skipped.map(({ part, test, reason }) => `- ${part}: ${test}: ${reason}`), ...left].join('\n') || 'Nothing.', '',
  ].join('\n');
}
