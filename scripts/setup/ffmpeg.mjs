// FFmpeg and ffprobe, both from one source where that is possible.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { aptInstall, canUseApt } from './apt.mjs';
import { rootDir } from './paths.mjs';
import { SetupError } from './report.mjs';
import { findOnPath, isProgram, run } from './run.mjs';

/** Oldest FFmpeg whose behaviour the product is tested with. */
const OLDEST_MAJOR = 5;

/** Finds both programs or installs them. */
export async function ensureFfmpeg(progress) {
  const found = (await findBoth()) ?? (await install(progress));
  return { text: `${found.version} with ffprobe, ${found.from}`, ffmpegPath: found.ffmpegPath, ffprobePath: found.ffprobePath };
}

async function install(progress) {
  const ffprobePath = findOnPath('ffprobe');
  if (ffprobePath !== undefined && (await downloadStatic(progress))) {
    const found = await findBoth();
    if (found !== undefined) return { ...found, from: `${found.from}, downloaded now` };
  }
  if (!canUseApt()) throw new SetupError(`FFmpeg and ffprobe were not found. ${adviceFor('FFmpeg', 'ffmpeg', 'Gyan.FFmpeg')}`);
  const failure = await aptInstall(['ffmpeg'], progress);
  const found = failure === undefined ? await findBoth() : undefined;
  if (found === undefined) throw new SetupError('apt-get could not install ffmpeg. Install FFmpeg and ffprobe by hand, then try again.', failure);
  return { ...found, from: `${found.from}, installed now by apt-get` };
}

/** One sentence for a person on this system. */
export function adviceFor(what, unixPackage, wingetId) {
  switch (process.platform) {
    case 'darwin':
      return `Install ${what} with: brew install ${unixPackage}`;
    case 'win32':
      return wingetId === undefined ? `Install ${what}, then try again.` : `Install ${what} with: winget install ${wingetId}`;
    default:
      return findOnPath('apt-get') === undefined
        ? `Install ${what} with your system's package manager (${unixPackage}), then try again.`
        : `Install ${what} with: sudo apt-get install ${unixPackage}`;
  }
}

async function findBoth() {
  for (const place of places()) {
    if (place.ffmpegPath === undefined || place.ffprobePath === undefined) continue;
    const [version, probeVersion] = [await versionOf(place.ffmpegPath), await versionOf(place.ffprobePath)];
    if (version !== undefined && probeVersion !== undefined) return { ...place, version };
    if (place.isChosen) throw new SetupError(`${place.from} does not name a working FFmpeg and ffprobe. Correct it or take it away, then try again.`);
  }
  return undefined;
}

/** In the order in which the product looks. */
function places() {
  const { LONGHAUL_FFMPEG, LONGHAUL_FFPROBE } = process.env;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const bundled = (name) => [join(rootDir, 'resources', 'bin', name + suffix)].find(isProgram);
  const onPath = { ffmpegPath: findOnPath('ffmpeg'), ffprobePath: findOnPath('ffprobe') };
  const chosen = [];
  if (LONGHAUL_FFMPEG || LONGHAUL_FFPROBE) {
    chosen.push({
      ffmpegPath: LONGHAUL_FFMPEG || onPath.ffmpegPath, ffprobePath: LONGHAUL_FFPROBE || onPath.ffprobePath,
      from: 'LONGHAUL_FFMPEG or LONGHAUL_FFPROBE', isChosen: true,
    });
  }
  return [
    ...chosen,
    { ffmpegPath: bundled('ffmpeg'), ffprobePath: bundled('ffprobe'), from: 'resources/bin' },
    { ...onPath, from: onPath.ffmpegPath },
    { ffmpegPath: staticPath(), ffprobePath: onPath.ffprobePath, from: 'ffmpeg-static' },
  ];
}

async function versionOf(path) {
  const { code, output } = await run(path, ['-hide_banner', '-version'], { timeoutMs: 20_000 });
  const version = /^ff(?:mpeg|probe) version (\S+)/m.exec(output)?.[1];
  if (code !== 0 || version === undefined) return undefined;
  // A build from source without a release names a commit; it is taken as new.
  const major = /^n?(\d+)\./.exec(version)?.[1];
  return major !== undefined && Number(major) < OLDEST_MAJOR ? undefined : version;
}

function staticPath() {
  try {
    const path = createRequire(join(rootDir, 'package.json'))('ffmpeg-static');
    return isProgram(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** 30 MB on a slow line; a blocked one must not hold up the set-up for long. */
const DOWNLOAD_LIMIT_MS = 90_000;

/** ffmpeg-static's own, pinned download. It has no ffprobe, so it only helps where one is there already. */
async function downloadStatic(progress) {
  const folder = join(rootDir, 'node_modules', 'ffmpeg-static');
  if (!isReadable(join(folder, 'install.js'))) return false;
  progress('ffmpeg-static downloads its pinned build');
  const { code } = await run(process.execPath, [join(folder, 'install.js')], { cwd: folder, timeoutMs: DOWNLOAD_LIMIT_MS });
  return code === 0;
}

function isReadable(path) {
  try {
    createRequire(join(dirname(path), 'package.json')).resolve(path);
    return true;
  } catch {
    return false;
  }
}
