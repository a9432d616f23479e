// The folder that is packed: what runs, and a package.json without a development's concerns.
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir } from '../setup/paths.mjs';

const packDir = join(rootDir, '.cache', 'pack');

/** What of a build folder is the app's; beside it lie compiled types. */
const BUILT = ['main', 'preload', 'renderer'];

/** Packages that are not bundled, as their binaries must be files: the store's, and the library for pictures with what it loads by itself. */
const NATIVE = 'better-sqlite3';
const PICTURES = 'sharp';
const WITH_PICTURES = ['@img/colour', 'detect-libc', 'semver'];
/** What of those packages is there to build, to read or to check types with. */
const NOT_RUN = /(^|[/\\])(src|install|bin|glib-2\.0)$|\.(md|map|bnf|h|d\.[cm]?ts)$/;

/** Makes .cache/pack/app from a build folder. format: that of its main: module or commonjs. feed: where updates are looked for; empty: nowhere. */
export function stage({ builtDir, format, feed = '' }) {
  const appDir = join(packDir, 'app');
  rmSync(appDir, { recursive: true, force: true });
  mkdirSync(appDir, { recursive: true });
  for (const name of BUILT) cpSync(join(builtDir, name), join(appDir, 'out', name), { recursive: true, filter: (path) => !path.endsWith('.map') });
  const nativeVersion = stageNative(join(rootDir, 'node_modules', NATIVE), join(appDir, 'node_modules', NATIVE));
  const picturesVersion = stagePictures(appDir);
  writeFileSync(join(appDir, 'package.json'), JSON.stringify(packageOf(format, { [NATIVE]: nativeVersion, [PICTURES]: picturesVersion }), null, 2));
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

/** sharp, and of its binaries those for this platform and processor. On Windows libvips lies in sharp's own package. */
function stagePictures(appDir) {
  const target = `${process.platform}-${process.arch}`;
  const binaries = [`@img/sharp-${target}`, `@img/sharp-libvips-${target}`].filter((name) => existsSync(join(rootDir, 'node_modules', ...name.split('/'))));
  if (binaries.length === 0) throw new Error(`The binary of ${PICTURES} for ${target} is not installed. Run: npm run setup`);
  for (const name of [PICTURES, ...WITH_PICTURES, ...binaries]) {
    const [from, to] = [join(rootDir, 'node_modules', ...name.split('/')), join(appDir, 'node_modules', ...name.split('/'))];
    cpSync(from, to, { recursive: true, filter: (path) => path === from || !NOT_RUN.test(path.slice(from.length)) });
    // Its table of licences goes with libvips.
    if (name.startsWith('@img/sharp-')) cpSync(join(from, 'README.md'), join(to, 'LICENCES.txt'));
  }
  return JSON.parse(readFileSync(join(rootDir, 'node_modules', PICTURES, 'package.json'), 'utf8')).version;
}

function packageOf(format, dependencies) {
  const { name, productName, version, description, license } = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8'));
  return {
    name, productName, version, description, license,
    author: { name: 'The Longhaul contributors', email: 'packages@longhaul.invalid' },
    // A deb must name one. `.invalid` can be nobody's: give LONGHAUL_HOMEPAGE for a release.
    homepage: process.env.LONGHAUL_HOMEPAGE || 'https://longhaul.invalid',
    type: format, main: 'out/main/index.js',
    dependencies,
  };
}

/** electron-updater reads this file even where the feed is set later: it names the folder for downloads. */
function updateFile(feed) {
  return `provider: generic\nurl: ${JSON.stringify(feed)}\nupdaterCacheDirName: longhaul-updater\n`;
}
