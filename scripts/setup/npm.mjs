// npm packages, exactly as package-lock.json pins them.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withLock } from './lock.mjs';
import { rootDir } from './paths.mjs';
import { SetupError } from './report.mjs';
import { findOnPath, run } from './run.mjs';

/** Installs the packages unless they are there already. */
export async function ensurePackages(progress) {
  const found = missingPackages();
  if (found.missing.length === 0) return { text: `${found.total} as pinned, there already` };
  return withLock(
    join(rootDir, '.cache', 'npm.lock'),
    async () => {
      if (missingPackages().missing.length > 0) await install(progress);
      return { text: `${missingPackages().total} installed from the npm registry` };
    },
    (pid) => progress(`another set-up (process ${pid}) is installing them; waiting`),
  );
}

/** Compares what npm noted down after its last install with the lock file; optional packages may be absent. */
export function missingPackages(checkout = rootDir) {
  const wanted = readPackages(join(checkout, 'package-lock.json'));
  const noted = readPackages(join(checkout, 'node_modules', '.package-lock.json'));
  const names = Object.keys(wanted).filter((name) => name !== '');
  const missing = names.filter((name) => {
    const there = noted[name];
    if (there === undefined) return !(wanted[name].optional || wanted[name].devOptional);
    return there.version !== wanted[name].version || there.integrity !== wanted[name].integrity || !existsSync(join(checkout, name));
  });
  return { missing, total: names.filter((name) => name in noted).length };
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
  } catch {
    return {};
  }
}

/**
 * No package's install script is run: better-sqlite3 and esbuild carry their binaries, ffmpeg-static's download belongs to
 * its own step, and older npm versions know no allowScripts. include: NODE_ENV=production must not leave the build tools out.
 */
const NPM_ARGS = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--no-engine-strict', '--no-progress', '--loglevel=error'];

async function install(progress) {
  progress('npm ci');
  const [program, ...first] = npmCommand();
  const { code, output } = await run(program, [...first, ...NPM_ARGS], { cwd: rootDir });
  if (code !== 0) throw new SetupError(`npm ci failed (exit code ${code}). Check that the npm registry can be reached, then try again.`, output);
  const { missing } = missingPackages();
  if (missing.length > 0) throw new SetupError(`npm ci left out ${missing.slice(0, 3).join(', ')}. Remove node_modules and try again.`, output);
}

/** npm as it was started, run by a Node outside node_modules: npm ci deletes that folder under its own feet. */
function npmCommand() {
  const outside = (path) => path !== undefined && !path.startsWith(join(rootDir, 'node_modules'));
  const path = (process.env.PATH ?? '').split(process.platform === 'win32' ? ';' : ':').filter(outside).join(process.platform === 'win32' ? ';' : ':');
  const node = [process.env.npm_node_execpath, process.execPath, findOnPath('node', path)].find(outside) ?? process.execPath;
  const scripts = [process.env.npm_execpath, join(dirname(node), 'node_modules', 'npm', 'bin', 'npm-cli.js'), join(dirname(node), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js')];
  const script = scripts.find((candidate) => candidate?.endsWith('npm-cli.js') && existsSync(candidate));
  if (script !== undefined) return [node, script];
  const npm = findOnPath('npm', path);
  if (npm !== undefined) return [npm];
  throw new SetupError('npm was not found. Install Node 24 with npm from https://nodejs.org, then try again.');
}
