// npm run faults [PART …]: the long form of the fault tests, with a report in artifacts/faults. verify runs the short form. Each count below can be
// set in the environment, SEED too; --short takes the short form's counts.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeReport } from './faults/report.mjs';
import { rootDir } from './setup/paths.mjs';
import { buildProduct, isBuilt } from './setup/product.mjs';
import { run } from './setup/run.mjs';
import { runScript, setup } from './setup.mjs';

/** Kills: 30 + 30 of the program on long tasks, the rest on short ones; 300 with those of FFmpeg. */
const LONG = {
  KILLS: '30', ENGINE_KILLS: '80', COMMIT_KILLS: '100', WORKER_KILLS: '40', WATCH_FILES: '10000', TOOL_KILLS: '20', POWER_CUTS: '30', CONTROL_CUTS: '3', DISK_REPEATS: '3', RACES: '12', STORMS: '3',
  JUMPS: '200', SLEEPS: '4', FREEZES: '20', REAL_SLEEP_SECONDS: '70', RETRY_STORM_TASKS: '300', MIGRATION_ROWS: '100000', MIGRATION_KILLS: '10', SIMULATION_STEPS: '1000000', CONFORMANCE_STOPS: '8',
};

/** Files by the names that may be given. */
const PARTS = {
  kills: ['e2e/faults/kills.test.ts', 'e2e/faults/kill-storm.test.ts'], power: ['e2e/faults/power-cuts.test.ts'], disks: ['e2e/faults/disk-faults.test.ts'],
  clocks: ['e2e/faults/clocks.test.ts'], crowds: ['e2e/faults/crowds.test.ts'], tools: ['e2e/faults/tools.test.ts'], damage: ['e2e/faults/damage.test.ts', 'e2e/faults/store-faults.test.ts'],
  simulation: ['src/main/engine/simulation'], conformance: ['src/main/engine/handlers/conformance.test.ts'],
};

await runScript(async () => {
  const words = process.argv.slice(2);
  const asked = words.filter((word) => word !== '--short');
  const unknown = asked.filter((word) => !(word in PARTS));
  if (unknown.length > 0) {
    process.stderr.write(`There is no part ${unknown.join(', ')}. Parts: ${Object.keys(PARTS).join(', ')}.\n`);
    return 2;
  }
  const { nodePath, ffmpegPath, ffprobePath, whisperCliPath } = await setup();
  if (!isBuilt()) await buildProduct(nodePath);
  const folder = join(rootDir, 'artifacts', 'faults');
  const records = join(folder, 'records');
  rmSync(records, { recursive: true, force: true });
  mkdirSync(records, { recursive: true });
  const counts = words.includes('--short') ? {} : LONG;
  const env = { ...counts, ...process.env, FAULTS_RECORDS: records, LONGHAUL_FFMPEG: ffmpegPath, LONGHAUL_FFPROBE: ffprobePath, LONGHAUL_WHISPER_CLI: whisperCliPath };
  const parts = [];
  for (const part of asked.length > 0 ? asked : Object.keys(PARTS)) {
    const startedAt = performance.now();
    const lines = [];
    const onLine = (line) => {
      lines.push(line);
      process.stdout.write(`${line}\n`);
    };
    // One file at a time: what a fault does to the machine must not be another test's fault.
    const args = [join(rootDir, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...PARTS[part], '--disable-console-intercept', '--no-file-parallelism', '--reporter=default', '--reporter=json', `--outputFile.json=${join(folder, `${part}.json`)}`];
    const { code } = await run(nodePath, args, { cwd: rootDir, env, onLine });
    parts.push({ part, code, seconds: Math.round((performance.now() - startedAt) / 1000), lines, testsPath: join(folder, `${part}.json`) });
    // Written after each part: a long run that is cut off leaves what it has found.
    writeReport(folder, { records, parts, isLong: !words.includes('--short') });
  }
  process.stdout.write(`\nReport: ${join(folder, 'report.md')}\n`);
  return parts.every(({ code }) => code === 0) ? 0 : 1;
});
