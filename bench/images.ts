/** Thumbnails of 12-megapixel photos through the whole product (store, worker processes, checks, published files) against sharp alone at the same concurrency. */
import { link, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { testTools } from '../src/main/engine/handlers/test-tools.ts';
import { createEngine, type Engine } from '../src/main/engine/index.ts';
import { forkWorkerProcess, type StartWorkerProcess } from '../src/main/engine/workers/worker-process.ts';
import type { Print } from './print.ts';
import { rootDir } from './root.ts';

/** LONGHAUL_BENCH_IMAGES shortens it. */
const IMAGES = Number(process.env['LONGHAUL_BENCH_IMAGES'] ?? 1_000);
/** Both take turns, so that a machine that slows down meanwhile is no one's advantage. */
const ROUNDS = 4;
const TARGET_RATIO = 0.8;
const TARGET_RSS_MB = 300;
/** Different pictures; the rest are further names of them. */
const DISTINCT = 10;
const [WIDTH, HEIGHT, THUMBNAIL] = [4_000, 3_000, 320];

/** Prints a line for what the product does by itself (half of the cores) and one for all cores. */
export async function runImagesBench(print: Print): Promise<void> {
  const cores = availableParallelism();
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-bench-images-'));
  try {
    const photos = await makePhotos(dir);
    for (const concurrency of new Set([Math.max(1, Math.floor(cores / 2)), cores])) print(await compare(join(dir, String(concurrency)), photos, concurrency, cores));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function compare(dir: string, photos: readonly string[], concurrency: number, cores: number): Promise<object> {
  await mkdir(dir);
  const workers: number[] = [];
  const engine = await openEngine(dir, concurrency, (path, onOutput) => {
    const worker = forkWorkerProcess(path, onOutput);
    if (worker.pid !== undefined) workers.push(worker.pid);
    return worker;
  });
  const rounds: { ours: number; raw: number }[] = [];
  let peakMb = 0;
  try {
    // The first ones start the workers and load the library.
    await runOurs(engine, photos.slice(0, 4 * concurrency), join(dir, 'warm'));
    await runRaw(photos.slice(0, concurrency), join(dir, 'warm'), concurrency);
    const part = Math.ceil(photos.length / ROUNDS);
    for (let round = 0; round < ROUNDS; round += 1) {
      const some = photos.slice(round * part, (round + 1) * part);
      const raw = some.length / (await runRaw(some, join(dir, `raw-${round}`), concurrency));
      const ours = some.length / (await runOurs(engine, some, join(dir, `ours-${round}`)));
      rounds.push({ ours, raw });
      peakMb = Math.max(peakMb, ...(await Promise.all(workers.map(peakMegabytes))));
    }
  } finally {
    await engine.close();
  }
  const ratio = median(rounds.map(({ ours, raw }) => ours / raw));
  return {
    case: `images, ${concurrency} at a time`, ratio: round2(ratio), target: `>= ${TARGET_RATIO}`, ours: `${round2(median(rounds.map(({ ours }) => ours)))} thumbnails/s`, raw: `${round2(median(rounds.map(({ raw }) => raw)))} thumbnails/s`,
    workerPeakMb: Math.round(peakMb), targetRssMb: `<= ${TARGET_RSS_MB}`, images: photos.length, megapixels: (WIDTH * HEIGHT) / 1e6, cores, rounds: ROUNDS,
  };
}

function openEngine(dir: string, concurrency: number, startWorker: StartWorkerProcess): Promise<Engine> {
  const { ffmpegPath, ffprobePath, bundledModelsDir, modelsDir } = testTools();
  return createEngine({
    dataDir: join(dir, 'data'), codeDir: join(import.meta.dirname, '..', 'main'), recipesDir: join(rootDir, 'resources', 'recipes'),
    work: { tools: { ffmpegPath, ffprobePath, whisperCliPath: null, libreOfficePath: null, bundledModelsDir, modelsDir }, concurrency: { render: concurrency }, startWorker, isScheduling: false },
  });
}

/** Seconds from the first command until the last task is completed. */
async function runOurs(engine: Engine, photos: readonly string[], outputDir: string): Promise<number> {
  await mkdir(outputDir, { recursive: true });
  let left = photos.length;
  const done = Promise.withResolvers<void>();
  const off = engine.on((event) => {
    if (event.kind !== 'task') return;
    if (event.task.status === 'failed') done.reject(new Error(event.task.error?.message ?? 'A task failed.'));
    if (event.task.status !== 'completed') return;
    left -= 1;
    if (left === 0) done.resolve();
  });
  const startMs = performance.now();
  await engine.api.addTasks({ tasks: photos.map((input) => ({ input, recipe: 'image-thumbnail', outputDir })) });
  await done.promise;
  off();
  return (performance.now() - startMs) / 1000;
}

/** The same pixels by the library alone, so many at a time, nothing checked and nothing synced. */
async function runRaw(photos: readonly string[], outputDir: string, concurrency: number): Promise<number> {
  await mkdir(outputDir, { recursive: true });
  sharp.cache(false);
  sharp.concurrency(1);
  const waiting = [...photos.entries()];
  const startMs = performance.now();
  await Promise.all(Array.from({ length: concurrency }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, path] = next;
      await sharp(path).autoOrient().resize(THUMBNAIL, THUMBNAIL, { fit: 'inside' }).jpeg({ quality: 80 }).toFile(join(outputDir, `${index}.jpg`));
    }
  }));
  return (performance.now() - startMs) / 1000;
}

/** With as much detail as a photo has: clouds of noise in several sizes over a slope. About 4 MB each. */
async function makePhotos(dir: string): Promise<string[]> {
  const distinct: string[] = [];
  for (let index = 0; index < DISTINCT; index += 1) {
    const path = join(dir, `photo-${index}.jpg`);
    const cloud = (divisor: number, sigma: number): Promise<Buffer> => sharp({ create: { width: Math.ceil(WIDTH / divisor), height: Math.ceil(HEIGHT / divisor), channels: 3, background: '#000', noise: { type: 'gaussian', mean: 128, sigma } } }).png().toBuffer();
    const [coarse, fine] = [await sharp(await cloud(40, 70)).resize(WIDTH, HEIGHT, { kernel: 'cubic', fit: 'fill' }).png({ compressionLevel: 1 }).toBuffer(), await cloud(1, 12)];
    await sharp(coarse).composite([{ input: fine, blend: 'soft-light' }]).jpeg({ quality: 88 }).withMetadata({ orientation: index % 3 === 0 ? 6 : 1 }).toFile(path);
    distinct.push(path);
  }
  return await Promise.all(Array.from({ length: IMAGES }, async (_, index) => {
    const path = join(dir, `image-${index}.jpg`);
    await link(distinct[index % DISTINCT] ?? '', path);
    return path;
  }));
}

/** The most memory that a process ever held; Linux tells, elsewhere NaN. */
async function peakMegabytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(text)?.[1]);
  return Number.isFinite(kilobytes) ? kilobytes / 1024 : 0;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
