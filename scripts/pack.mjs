/* The desktop app as a package for this system.
 *
 * node scripts/pack.mjs                 installers for this system and processor, with their tools, in dist/
 * node scripts/pack.mjs --dir           the unpacked app only
 * node scripts/pack.mjs --for-tests     the unpacked app for whatever Electron tests run with here, in .cache/pack/test, without tools
 *
 * More arguments go to electron-builder (--linux deb, -c.…). LONGHAUL_UPDATE_FEED: address of the update feed. */
import { dirname, join } from 'node:path';
import { runScript } from './setup.mjs';
import { ensureElectron } from './setup/electron.mjs';
import { findNode } from './setup/node.mjs';
import { rootDir } from './setup/paths.mjs';
import { buildProduct, WHOLE } from './setup/product.mjs';
import { createReport, SetupError } from './setup/report.mjs';
import { run, runAttached } from './setup/run.mjs';
import { stage } from './pack/stage.mjs';
import { ensureTools } from './pack/tools.mjs';

const report = createReport();

/** electron-builder's own program. */
const BUILDER = join(rootDir, 'node_modules', 'electron-builder', 'cli.js');

/** The window's page comes from app://. Electron 22 has no such fuse, and the builder has no word for leaving one as it is. */
const NEWER_FUSE = '-c.electronFuses.grantFileProtocolExtraPrivileges=false';

async function packForUsers(nodePath, args) {
  const feed = process.env.LONGHAUL_UPDATE_FEED ?? '';
  if (feed !== '' && !feed.startsWith('https://')) throw new SetupError('LONGHAUL_UPDATE_FEED must be an https:// address. Correct it or take it away, then try again.');
  await report.step('build', () => buildProduct(nodePath, WHOLE));
  await ensureTools(`${process.platform}-${process.arch}`, report);
  stage({ builtDir: join(rootDir, 'out'), format: 'module', feed });
  const publish = feed === '' ? [] : ['-c.publish.provider=generic', `-c.publish.url=${feed}`];
  return builder(nodePath, [`--${process.arch}`, NEWER_FUSE, ...publish, ...args]);
}

async function packForTests(nodePath) {
  const { electronPath, electronVersion, isTarget } = await report.step('Electron', ensureElectron);
  await report.step('build', () => buildProduct(nodePath, WHOLE));
  if (!isTarget) await report.step('compat build', () => buildCompat(nodePath));
  stage({ builtDir: join(rootDir, isTarget ? 'out' : 'out-e22'), format: isTarget ? 'module' : 'commonjs' });
  return builder(nodePath, [
    '--dir', `--${process.arch}`, '-c.directories.output=.cache/pack/test', '-c.electronFuses.enableNodeCliInspectArguments=true',
    `-c.electronDist=${distOf(electronPath)}`, `-c.electronVersion=${electronVersion}`,
    ...(isTarget ? [NEWER_FUSE] : []),
  ]);
}

async function buildCompat(nodePath) {
  const { code, output } = await run(nodePath, [join(rootDir, 'e2e', 'desktop', 'compat', 'build.mjs')], { cwd: rootDir });
  if (code !== 0) throw new SetupError('The compat build failed. Its last lines are below.', output);
  return { text: 'out-e22/ from src/' };
}

/** The folder with all that belongs to an Electron: on macOS its binary lies deep in Electron.app. */
function distOf(electronPath) {
  return process.platform === 'darwin' ? join(dirname(electronPath), '..', '..', '..') : dirname(electronPath);
}

function builder(nodePath, args) {
  return runAttached(nodePath, [BUILDER, '--config', 'electron-builder.yml', '--publish', 'never', ...args], { cwd: rootDir });
}

await runScript(async () => {
  const nodePath = findNode();
  if (nodePath === undefined) throw new SetupError('Longhaul is not set up yet. Run: npm run setup');
  const args = process.argv.slice(2);
  return args.includes('--for-tests') ? packForTests(nodePath) : packForUsers(nodePath, args);
});
