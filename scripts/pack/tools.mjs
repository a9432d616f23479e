// resources/bin/<platform>-<processor>: the tools that a package carries. node scripts/pack/tools.mjs [PLATFORM-PROCESSOR …] [--sums]
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { rootDir } from '../setup/paths.mjs';
import { createReport, SetupError } from '../setup/report.mjs';
import { run } from '../setup/run.mjs';
import { PINS } from './pins.mjs';
import { buildPortableWhisper } from './whisper.mjs';

const binDir = join(rootDir, 'resources', 'bin');
/** 150 MB on a slow line. */
const DOWNLOAD_LIMIT_MS = 30 * 60_000;
/** What the folder was made from, so that another pin makes it anew. */
const STAMP = 'made-from.txt';

/** Fills the folder of one platform and processor, unless it holds what is pinned. whisper-cli is built, so only for the machine's own. */
export async function ensureTools(target, report = createReport()) {
  const pins = PINS[target];
  if (pins === undefined) throw new SetupError(`There are no tools for ${target}. Known: ${Object.keys(PINS).join(', ')}.`);
  const folder = join(binDir, target);
  await report.step(`FFmpeg ${target}`, (progress) => ensureFfmpeg(folder, pins, progress));
  await report.step(`whisper ${target}`, (progress) => buildPortableWhisper(folder, target, progress));
}

async function ensureFfmpeg(folder, pins, progress) {
  const madeFrom = pins.map(({ url, sha256 }) => `${sha256} ${url}\n`).join('');
  const isThere = readText(join(folder, STAMP)) === madeFrom && pins.every(({ programs }) => programs.every((name) => existsSync(join(folder, name))));
  if (isThere) return { text: 'as pinned, there already' };
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, STAMP), { force: true });
  const work = mkdtempSync(join(folder, 'part-'));
  try {
    for (const pin of pins) await take(pin, work, folder, progress);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  writeFileSync(join(folder, STAMP), madeFrom);
  return { text: pins.map(({ url }) => basename(url)).join(', ') };
}

async function take({ url, sha256, programs }, work, folder, progress) {
  const archive = join(work, basename(url));
  const actual = await download(url, archive, progress);
  if (actual !== sha256) throw new SetupError(`${url} is not the pinned file: its sha256 is ${actual}, and ${sha256} was expected. Nothing of it is used.`);
  progress(`unpacking ${basename(url)}`);
  const unpacked = mkdtempSync(join(work, 'unpacked-'));
  // bsdtar of Windows and macOS reads zip as well; GNU tar reads tar.xz.
  const { code, output } = await run('tar', ['-xf', archive, '-C', unpacked]);
  if (code !== 0) throw new SetupError(`${basename(url)} could not be unpacked with tar.`, output);
  for (const name of programs) {
    const found = readdirSync(unpacked, { recursive: true }).map(String).find((path) => basename(path) === name);
    if (found === undefined) throw new SetupError(`${basename(url)} holds no ${name}.`);
    const draft = join(folder, `${name}.part`);
    cpSync(join(unpacked, found), draft);
    renameSync(draft, join(folder, name));
  }
}

/** Resolves with the sha256 of what came. */
async function download(url, path, progress) {
  progress(`downloading ${basename(url)}`);
  const answer = await globalThis.fetch(url, { redirect: 'follow', signal: globalThis.AbortSignal.timeout(DOWNLOAD_LIMIT_MS) }).catch((error) => {
    throw new SetupError(`${url} can't be reached (${error.cause?.message ?? error.message}). Packages with tools can only be made where it can.`);
  });
  if (!answer.ok) throw new SetupError(`${url} answered with ${answer.status}. Pin another build in scripts/pack/pins.mjs.`);
  await pipeline(Readable.fromWeb(answer.body), createWriteStream(path));
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** For whoever renews the pins: what each address gives now. */
async function printSums(targets) {
  const work = mkdtempSync(join(rootDir, '.cache', 'sums-'));
  try {
    for (const { url } of targets.flatMap((target) => PINS[target])) {
      process.stdout.write(`${await download(url, join(work, 'file'), () => undefined)}  ${url}\n`);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

async function main(args) {
  const named = args.filter((text) => !text.startsWith('-'));
  if (args.includes('--sums')) return printSums(named.length > 0 ? named : Object.keys(PINS));
  for (const target of named.length > 0 ? named : [`${process.platform}-${process.arch}`]) await ensureTools(target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(process.argv.slice(2)).catch((error) => {
    if (error?.name !== 'SetupError') console.error(error);
    process.exitCode = 1;
  });
}
