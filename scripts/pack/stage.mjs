// The folder that is packed: what runs, and a package.json without a development's concerns.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir } from '../setup/paths.mjs';

const packDir = join(rootDir, '.cache', 'pack');

/** What of a build folder is the app's; beside it lie compiled types. */
const BUILT = ['main', 'preload', 'renderer'];

/** The only package that is not bundled: its binary must be a file. */
const NATIVE = 'better-sqlite3';

/** Makes .cache/pack/app from a build folder. format: that of its main: module or commonjs. feed: where updates are looked for; empty: nowhere. */
export function stage({ builtDir, format, feed = '' }) {
  const appDir = join(packDir, 'app');
  rmSync(appDir, { recursive: true, force: true });
  mkdirSync(appDir, { recursive: true });
  for (const name of BUILT) cpSync(join(builtDir, name), join(appDir, 'out', name), { recursive: true, filter: (path) => !path.endsWith('.map') });
  const nativeVersion = stageNative(join(rootDir, 'node_modules', NATIVE), join(appDir, 'node_modules', NATIVE));
  writeFileSync(join(appDir, 'package.json'), JSON.stringify(packageOf(format, nativeVersion), null, 2));
  writeFileSync(join(packDir, 'app-update.yml'), updateFile(feed));
  return appDir;
}

/** What of it runs on this platform and processor. Its one dependency is for building it, so the package that is shipped names none. */
function stageNative(from, to) {
  for (const path of ['LICENSE', 'lib', join('prebuilds', `${process.platform}-${process.arch}.node`)]) cpSync(join(from, path), join(to, path), { recursive: true });
  const { name, version, description, author, license, main, exports } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  writeFileSync(join(to, 'package.json'), JSON.stringify({ name, version, description, author, license, main, exports }, null, 2));
  return version;
}

function packageOf(format, nativeVersion) {
  const { name, productName, version, description, license } = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8'));
  return {
    name, productName, version, description, license,
    author: { name: 'The Longhaul contributors', email: 'packages@longhaul.invalid' },
    // A deb must name one. `.invalid` can be nobody's: give LONGHAUL_HOMEPAGE for a release.
    homepage: process.env.LONGHAUL_HOMEPAGE || 'https://longhaul.invalid',
    type: format, main: 'out/main/index.js',
    dependencies: { [NATIVE]: nativeVersion },
  };
}

/** electron-updater reads this file even where the feed is set later: it names the folder for downloads. */
function updateFile(feed) {
  return `provider: generic\nurl: ${JSON.stringify(feed)}\nupdaterCacheDirName: longhaul-updater\n`;
}
