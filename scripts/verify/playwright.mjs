// The journeys through the interface, counted test by test. Playwright prints them for people and writes them for us.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir } from '../setup/paths.mjs';
import { runAttached } from '../setup/run.mjs';

const CLI = join(rootDir, 'node_modules', '@playwright', 'test', 'cli.js');

/**
 * Runs one project of e2e/playwright.config.ts. Resolves to { passed, failed, skipped, notes }: skipped holds names with reasons, notes
 * what tests said of their surroundings (which Electron). failed holds one entry too where the run itself broke.
 */
export async function runPlaywright({ nodePath, project, reportPath, env }) {
  const code = await runAttached(nodePath, [CLI, 'test', '-c', join('e2e', 'playwright.config.ts'), '--project', project, '--reporter', 'list,json'], {
    cwd: rootDir, env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportPath, FORCE_COLOR: '0' },
  });
  const report = existsSync(reportPath) ? JSON.parse(readFileSync(reportPath, 'utf8')) : { suites: [], errors: [] };
  const result = { passed: 0, failed: [], skipped: [], notes: new Set() };
  for (const suite of report.suites) countSuite(suite, result);
  for (const { message } of report.errors ?? []) result.failed.push(`${project}: ${firstLine(message)}`);
  if (result.passed + result.failed.length === 0) result.failed.push(`${project}: no test was run (exit code ${code})`);
  else if (code !== 0 && result.failed.length === 0) result.failed.push(`${project}: exit code ${code}`);
  return { ...result, notes: [...result.notes] };
}

function countSuite({ specs = [], suites = [] }, result) {
  for (const { title, file, tests } of specs) {
    for (const { status, annotations = [], results = [] } of tests) {
      const name = `${file}: ${title}`;
      for (const { type, description } of annotations) if (type === 'electron') result.notes.add(`Electron ${description}`);
      if (status === 'expected') result.passed += 1;
      else if (status === 'skipped') result.skipped.push(`${name} (${annotations.find(({ type }) => type === 'skip')?.description ?? 'no reason given'})`);
      else result.failed.push(`${name}: ${firstLine(results.at(-1)?.error?.message)}`);
    }
  }
  for (const suite of suites) countSuite(suite, result);
}

function firstLine(text) {
  return (text ?? 'no message').split('\n')[0];
}
