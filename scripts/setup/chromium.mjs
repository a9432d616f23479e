// A Chromium to test the interface with, and a font that it can show Chinese in.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { aptInstall, canUseApt } from './apt.mjs';
import { rootDir } from './paths.mjs';
import { createReport, SetupError } from './report.mjs';
import { findOnPath, isProgram, run } from './run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** 160 MB on a slow line. */
const DOWNLOAD_LIMIT_MS = 10 * 60_000;

/** Resolves to { chromiumPath }. */
export async function ensureChromium(progress) {
  const found = (await find()) ?? (await install(progress));
  const fonts = await ensureChineseFont(progress);
  return { text: `${found.version}, ${found.path}${fonts}`, chromiumPath: found.path };
}

async function find() {
  const named = process.env.LONGHAUL_E2E_CHROMIUM;
  if (named) {
    const version = await versionOf(named);
    if (version === undefined) throw new SetupError(`LONGHAUL_E2E_CHROMIUM does not name a Chromium that starts here (${named}). Correct it or take it away, then try again.`);
    return { path: named, version };
  }
  for (const path of [await playwrightsOwn(), ...NAMES.map((name) => findOnPath(name))]) {
    const version = path !== undefined && isProgram(path) ? await versionOf(path) : undefined;
    if (version !== undefined) return { path, version };
  }
  return undefined;
}

async function install(progress) {
  const failure = canUseApt() ? await aptInstall(['chromium'], progress) : await playwrightDownload(progress);
  const found = failure === undefined ? await find() : undefined;
  if (found === undefined) throw new SetupError('Chromium is missing, and it could not be installed. Run npx playwright install chromium, or name one in LONGHAUL_E2E_CHROMIUM, then try again.', failure);
  return found;
}

async function playwrightDownload(progress) {
  progress('Playwright downloads its Chromium');
  const cli = join(dirname(fromCheckout.resolve('playwright-core/package.json')), 'cli.js');
  const { code, output } = await run(process.execPath, [cli, 'install', 'chromium'], { cwd: rootDir, timeoutMs: DOWNLOAD_LIMIT_MS });
  return code === 0 ? undefined : output;
}

const fromCheckout = createRequire(join(rootDir, 'package.json'));

async function playwrightsOwn() {
  try {
    return fromCheckout('playwright-core').chromium.executablePath();
  } catch {
    // No Chromium of Playwright's for this system.
    return undefined;
  }
}

/** A Windows program opens a window instead of printing its version; there the file is proof enough. */
async function versionOf(path) {
  if (process.platform === 'win32') return isProgram(path) ? 'Chromium' : undefined;
  const { code, output } = await run(path, ['--version'], { timeoutMs: 30_000 });
  return code === 0 ? /^.*\d+\.\d+.*$/m.exec(output)?.[0].trim() : undefined;
}

/** Of Debian's Chinese fonts the smallest (1.6 MB) that is drawn well at the sizes of an interface. */
const CHINESE_FONT = 'fonts-wqy-microhei';

/** Without one, pictures of the Chinese interface would show boxes. Tests pass without it, so its absence is only said. */
async function ensureChineseFont(progress) {
  if (process.platform !== 'linux') return '';
  const isThere = async () => {
    const { code, output } = await run('fc-list', [':lang=zh-cn', 'family']);
    return code === 0 && output.trim() !== '';
  };
  if (await isThere()) return '';
  if (canUseApt()) await aptInstall(['fontconfig', CHINESE_FONT], progress);
  return (await isThere()) ? `, with ${CHINESE_FONT}` : ', without a Chinese font: screenshots show boxes';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await createReport().step('Chromium', ensureChromium).catch((error) => {
    if (error?.name !== 'SetupError') console.error(error);
    process.exitCode = 1;
  });
}
