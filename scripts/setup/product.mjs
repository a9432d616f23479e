// The built product: where it is, whether it is up to date, how to build it.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir } from './paths.mjs';
import { SetupError } from './report.mjs';
import { run } from './run.mjs';

export const cliPath = join(rootDir, 'out', 'main', 'cli.js');
/** One file of each part of the build (scripts/build.mjs), and the folders of src/ that go into it. */
const PARTS = {
  node: { built: 'main/cli.js', from: ['main', 'shared'] },
  preload: { built: 'preload/index.cjs', from: ['preload', 'shared'] },
  web: { built: 'renderer/index.html', from: ['renderer', 'shared'] },
};

/** All that an open window needs. */
export const WHOLE = ['node', 'preload', 'web'];
/** All that `longhaul serve` needs. */
export const SERVED = ['node', 'web'];
/** All that the other commands need. */
export const COMMANDS = ['node'];

/** Whether nothing that goes into these parts is newer than they are. Looks at times only: a few milliseconds. */
export function isBuilt(parts = COMMANDS) {
  return parts.every((part) => {
    const { built, from } = PARTS[part];
    const builtAt = modifiedAt(join(rootDir, 'out', built)) ?? 0;
    const sources = [join(rootDir, 'package.json'), join(rootDir, 'scripts', 'build.mjs'), ...from.flatMap((folder) => filesBelow(join(rootDir, 'src', folder)))];
    return sources.every((path) => (modifiedAt(path) ?? 0) <= builtAt);
  });
}

/** Builds under the Node that the product runs under. */
export async function buildProduct(nodePath, parts = COMMANDS) {
  const { code, output } = await run(nodePath, [join(rootDir, 'scripts', 'build.mjs'), ...parts], { cwd: rootDir });
  if (code !== 0) throw new SetupError(`The build failed (exit code ${code}). Its last lines are below.`, output);
  return { text: 'out/ from src/' };
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
