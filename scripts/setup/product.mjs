// The built command line: where it is, whether it is up to date, how to build it.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir } from './paths.mjs';
import { SetupError } from './report.mjs';
import { run } from './run.mjs';

export const cliPath = join(rootDir, 'out', 'main', 'cli.js');
const BUILT = ['cli.js', 'worker.js', 'store-thread.js'].map((name) => join(rootDir, 'out', 'main', name));

/** Whether something that goes into the build is newer than the build. Looks at times only: a few milliseconds. */
export function isBuilt() {
  const builtAt = Math.min(...BUILT.map((path) => modifiedAt(path) ?? 0));
  const sources = [join(rootDir, 'package.json'), join(rootDir, 'scripts', 'build.mjs'), ...filesBelow(join(rootDir, 'src'))];
  return sources.every((path) => (modifiedAt(path) ?? 0) <= builtAt);
}

/** Builds under the Node that the product runs under. */
export async function buildProduct(nodePath) {
  const { code, output } = await run(nodePath, [join(rootDir, 'scripts', 'build.mjs')], { cwd: rootDir });
  if (code !== 0) throw new SetupError(`The build failed (exit code ${code}). Its last lines are below.`, output);
  return { text: 'out/ from src/' };
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
