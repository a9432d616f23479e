/** Finds the programs that media work needs, and says of each where it came from or what would cure its absence. */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { delimiter, join } from 'node:path';
import { runTool } from './child.ts';
import { locateOffice } from './locate-office.ts';
import { modelFolders, type ModelFolder } from './model-folders.ts';
import type { Tools } from './tools.ts';

/** The machine as it is asked. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
  /** `resources` of the program: bin/ and models/ lie in it. */
  readonly resourcesDir: string;
  readonly dataDir: string;
}

/** One line of `longhaul doctor`. */
export interface FoundPart {
  readonly name: 'ffmpeg' | 'ffprobe' | 'whisper-cli' | 'libreoffice';
  /** Null: not found. */
  readonly path: string | null;
  readonly version: string | null;
  /** `LONGHAUL_FFMPEG`, `resources/bin`, `PATH`, …; for what is missing, what was tried and failed. */
  readonly from: string;
  /** What to do; null when it was found. */
  readonly cure: string | null;
}

export interface Located {
  /** For the engine. What is missing has its bare name, or null: tasks that need it fail and say so. */
  readonly tools: Omit<Tools, 'preferredModel' | 'threads'>;
  readonly parts: readonly FoundPart[];
  readonly modelFolders: readonly ModelFolder[];
}

/** A program on a slow disk or behind a virus scanner takes seconds for its first start. */
const START_MS = 20_000;
/** Oldest FFmpeg that Longhaul is tested with. */
const OLDEST_FFMPEG = 5;

/** A tool that does not start, or is too old, is not found. FFmpeg and ffprobe are taken from one place wherever it has both. */
export async function locateTools(surroundings: Surroundings, signal: AbortSignal): Promise<Located> {
  const [ffmpeg, whisper, office] = await Promise.all([locateFfmpeg(surroundings, signal), locateWhisper(surroundings, signal), locateOffice(surroundings)]);
  const tools = {
    ffmpegPath: ffmpeg[0].path ?? 'ffmpeg',
    ffprobePath: ffmpeg[1].path ?? 'ffprobe',
    whisperCliPath: whisper.path,
    libreOfficePath: office.path,
    bundledModelsDir: join(surroundings.resourcesDir, 'models'),
    modelsDir: join(surroundings.dataDir, 'models'),
  };
  return { tools, parts: [...ffmpeg, whisper, { name: 'libreoffice', version: null, ...office }], modelFolders: modelFolders({ ...surroundings, ...tools }) };
}

interface Place {
  readonly from: string;
  readonly ffmpegPath: string | null;
  readonly ffprobePath: string | null;
  /** Named by the user: another place is no answer when it does not work. */
  readonly isChosen?: boolean;
}

async function locateFfmpeg(surroundings: Surroundings, signal: AbortSignal): Promise<[FoundPart, FoundPart]> {
  const tried: string[] = [];
  for (const place of await ffmpegPlaces(surroundings)) {
    const [version, probeVersion] = await Promise.all([ffmpegVersion(place.ffmpegPath, signal), ffmpegVersion(place.ffprobePath, signal)]);
    if (version !== null && probeVersion !== null) {
      return [
        { name: 'ffmpeg', path: place.ffmpegPath, version, from: place.from, cure: null },
        { name: 'ffprobe', path: place.ffprobePath, version: probeVersion, from: place.from, cure: null },
      ];
    }
    if (place.ffmpegPath !== null || place.ffprobePath !== null) tried.push(`${place.from}: does not work`);
    if (place.isChosen === true) break;
  }
  const from = tried.join('; ');
  const cure = from.startsWith('LONGHAUL_') ? 'Correct LONGHAUL_FFMPEG and LONGHAUL_FFPROBE, or take them away.' : `Run \`npm run setup\`, or install FFmpeg ${OLDEST_FFMPEG} or newer with ffprobe.`;
  return [missing('ffmpeg', from, cure), missing('ffprobe', from, cure)];
}

/** In the order of preference. */
async function ffmpegPlaces(surroundings: Surroundings): Promise<Place[]> {
  const { env, resourcesDir } = surroundings;
  const [ffmpegOnPath, ffprobeOnPath] = await Promise.all([findOnPath('ffmpeg', surroundings), findOnPath('ffprobe', surroundings)]);
  const [chosenFfmpeg, chosenFfprobe] = [env['LONGHAUL_FFMPEG'] || null, env['LONGHAUL_FFPROBE'] || null];
  const staticPath = join(resourcesDir, '..', 'node_modules', 'ffmpeg-static', programName('ffmpeg', surroundings));
  const bundled = (name: string): string => join(resourcesDir, 'bin', programName(name, surroundings));
  const places: Place[] = [
    { from: 'resources/bin', ffmpegPath: bundled('ffmpeg'), ffprobePath: bundled('ffprobe') },
    { from: 'PATH', ffmpegPath: ffmpegOnPath, ffprobePath: ffprobeOnPath },
    { from: 'ffmpeg-static', ffmpegPath: staticPath, ffprobePath: ffprobeOnPath },
  ];
  if (chosenFfmpeg !== null || chosenFfprobe !== null) {
    const from = [chosenFfmpeg === null ? '' : 'LONGHAUL_FFMPEG', chosenFfprobe === null ? '' : 'LONGHAUL_FFPROBE'].filter((name) => name !== '').join(', ');
    places.unshift({ from, ffmpegPath: chosenFfmpeg ?? ffmpegOnPath, ffprobePath: chosenFfprobe ?? ffprobeOnPath, isChosen: true });
  }
  return Promise.all(places.map(async (place) => ({ ...place, ffmpegPath: await ifProgram(place.ffmpegPath), ffprobePath: await ifProgram(place.ffprobePath) })));
}

async function ffmpegVersion(path: string | null, signal: AbortSignal): Promise<string | null> {
  const version = /^ff(?:mpeg|probe) version (\S+)/m.exec(await outputOf(path, ['-hide_banner', '-version'], signal))?.[1];
  if (version === undefined) return null;
  // A build without a release number names a commit or a date; it is taken as new.
  const major = /^n?(\d+)\./.exec(version)?.[1];
  return major !== undefined && Number(major) < OLDEST_FFMPEG ? null : version;
}

async function locateWhisper(surroundings: Surroundings, signal: AbortSignal): Promise<FoundPart> {
  const { env, resourcesDir } = surroundings;
  const name = programName('whisper-cli', surroundings);
  const chosen = env['LONGHAUL_WHISPER_CLI'];
  const places = chosen
    ? [{ from: 'LONGHAUL_WHISPER_CLI', path: chosen }]
    : [
        { from: 'resources/bin', path: join(resourcesDir, 'bin', name) },
        ...(await builtWhispers(surroundings)).map((path) => ({ from: 'built by the set-up', path })),
        { from: 'PATH', path: await findOnPath('whisper-cli', surroundings) },
      ];
  const tried: string[] = [];
  for (const { from, path } of places) {
    const program = await ifProgram(path);
    const version = await whisperVersion(program, signal);
    if (program !== null && version !== null) return { name: 'whisper-cli', path: program, version, from, cure: null };
    if (program !== null || chosen) tried.push(`${from}: does not work`);
  }
  return missing('whisper-cli', tried.join('; '), chosen ? 'Correct LONGHAUL_WHISPER_CLI, or take it away.' : 'Run `npm run setup`, which builds it, or install whisper.cpp.');
}

/** Newer versions print theirs; of older ones the help is proof enough. */
async function whisperVersion(path: string | null, signal: AbortSignal): Promise<string | null> {
  const version = /whisper\.cpp version: (\S+)/.exec(await outputOf(path, ['--version'], signal))?.[1];
  if (version !== undefined) return version;
  return /--output-json-full/.test(await outputOf(path, ['--help'], signal)) ? 'unknown' : null;
}

/** The set-up's builds for this processor (scripts/setup/whisper.mjs names the folders), the newest version first. */
async function builtWhispers(surroundings: Surroundings): Promise<string[]> {
  const { env, homeDir } = surroundings;
  const cache = join(env['XDG_CACHE_HOME'] || join(homeDir, '.cache'), 'longhaul');
  const key = await processorKey(surroundings);
  const folders = (await readdir(cache).catch(() => [])).filter((folder) => folder.startsWith('whisper-cli-') && folder.endsWith(`-${key}`));
  return folders
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((folder) => join(cache, folder, programName('whisper-cli', surroundings)));
}

/** As the set-up computes it: a build for another processor may crash on this one. */
async function processorKey({ platform }: Surroundings): Promise<string> {
  const info = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(info)?.[1];
  const flags = line === undefined ? (cpus()[0]?.model ?? '') : line.trim().split(/\s+/).sort().join(' ');
  return createHash('sha256').update(`${platform} ${process.arch} ${flags}`).digest('hex').slice(0, 12);
}

function missing(name: FoundPart['name'], from: string, cure: string): FoundPart {
  return { name, path: null, version: null, from: from === '' ? 'not found' : from, cure };
}

/** Standard output and error together; empty when it does not start or fails. */
async function outputOf(path: string | null, args: readonly string[], signal: AbortSignal): Promise<string> {
  if (path === null) return '';
  try {
    const result = await runTool({ path, args, signal, timeoutMs: START_MS });
    return result.exitCode === 0 ? `${result.stdout}\n${result.stderrTail}` : '';
  } catch {
    signal.throwIfAborted();
    return '';
  }
}

async function findOnPath(name: string, surroundings: Surroundings): Promise<string | null> {
  const program = programName(name, surroundings);
  for (const folder of (surroundings.env['PATH'] ?? '').split(delimiter)) {
    const found = folder === '' ? null : await ifProgram(join(folder, program));
    if (found !== null) return found;
  }
  return null;
}

function programName(name: string, { platform }: Surroundings): string {
  return platform === 'win32' ? `${name}.exe` : name;
}

async function ifProgram(path: string | null): Promise<string | null> {
  if (path === null) return null;
  return access(path, constants.X_OK).then(() => path, () => null);
}
