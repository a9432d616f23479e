/** A still of a 3D model of a million triangles through the whole product: store, worker process, drawing, check, published file. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { testTools } from '../src/main/engine/handlers/test-tools.ts';
import { createEngine, type Engine } from '../src/main/engine/index.ts';
import { forkWorkerProcess } from '../src/main/engine/workers/worker-process.ts';
import type { Print } from './print.ts';
import { rootDir } from './root.ts';

/** LONGHAUL_BENCH_TRIANGLES makes it another. */
const TRIANGLES = Number(process.env['LONGHAUL_BENCH_TRIANGLES'] ?? 1_000_000);
const ROUNDS = 3;
const TARGET_SECONDS = 5;
const TARGET_RSS_MB = 500;
const HEADER_BYTES = 84;
const TRIANGLE_BYTES = 50;
const MINOR_STEPS = 250;

/** Prints the median from the command to the completed task, the first start of the worker included, and the worker's peak. */
export async function runModelsBench(print: Print): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-bench-models-'));
  try {
    const path = join(dir, 'knot.stl');
    const triangles = await writeKnot(path);
    const seconds: number[] = [];
    let peakMb = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const workers: number[] = [];
      const engine = await openEngine(join(dir, String(round)), (pid) => workers.push(pid));
      try {
        seconds.push(await runStill(engine, path, join(dir, String(round))));
        peakMb = Math.max(peakMb, ...(await Promise.all(workers.map(peakMegabytes))));
      } finally {
        await engine.close();
      }
    }
    const median = [...seconds].sort((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? Number.NaN;
    print({
      case: 'models', what: 'a still of 1280 × 960 of a binary STL, a new worker each time', triangles, seconds: round2(median), target: `<= ${String(TARGET_SECONDS)} s`, isMet: median <= TARGET_SECONDS && peakMb <= TARGET_RSS_MB,
      workerPeakMb: Math.round(peakMb), targetRssMb: `<= ${String(TARGET_RSS_MB)}`, rounds: seconds.map(round2), cores: availableParallelism(),
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function openEngine(dataDir: string, onWorker: (pid: number) => void): Promise<Engine> {
  const { ffmpegPath, ffprobePath, bundledModelsDir, modelsDir } = testTools();
  return createEngine({
    dataDir, codeDir: join(import.meta.dirname, '..', 'main'), recipesDir: join(rootDir, 'resources', 'recipes'),
    work: {
      tools: { ffmpegPath, ffprobePath, whisperCliPath: null, libreOfficePath: null, bundledModelsDir, modelsDir }, isScheduling: false,
      startWorker: (path, onOutput) => {
        const worker = forkWorkerProcess(path, onOutput);
        if (worker.pid !== undefined) onWorker(worker.pid);
        return worker;
      },
    },
  });
}

async function runStill(engine: Engine, input: string, outputDir: string): Promise<number> {
  const done = Promise.withResolvers<void>();
  const off = engine.on((event) => {
    if (event.kind !== 'task') return;
    if (event.task.status === 'failed') done.reject(new Error(event.task.error?.message ?? 'The task failed.'));
    if (event.task.status === 'completed') done.resolve();
  });
  const startMs = performance.now();
  await engine.api.addTasks({ tasks: [{ input, recipe: 'model-still', outputDir }] });
  await done.promise;
  off();
  return (performance.now() - startMs) / 1000;
}

/** A trefoil of pipe: round, with parts before parts. Returns its number of triangles. */
async function writeKnot(path: string): Promise<number> {
  const majorSteps = Math.max(3, Math.round(TRIANGLES / 2 / MINOR_STEPS));
  const count = majorSteps * MINOR_STEPS * 2;
  const bytes = Buffer.alloc(HEADER_BYTES + count * TRIANGLE_BYTES);
  bytes.writeUInt32LE(count, HEADER_BYTES - 4);
  let triangle = 0;
  const put = (corners: readonly (readonly number[])[]): void => {
    for (const [at, value] of corners.flat().entries()) bytes.writeFloatLE(value, HEADER_BYTES + triangle * TRIANGLE_BYTES + 12 + at * 4);
    triangle += 1;
  };
  for (let major = 0; major < majorSteps; major += 1) {
    const [here, next] = [ring(major / majorSteps), ring((major + 1) / majorSteps)];
    for (let minor = 0; minor < MINOR_STEPS; minor += 1) {
      const [a, b, c, d] = [here(minor), next(minor), next(minor + 1), here(minor + 1)];
      put([a, b, c]);
      put([a, c, d]);
    }
  }
  await writeFile(path, bytes);
  return count;
}

/** Points around the pipe at a share of the way along it. */
function ring(share: number): (minor: number) => [number, number, number] {
  const turn = share * 2 * Math.PI;
  const centre = [Math.sin(turn) + 2 * Math.sin(2 * turn), Math.cos(turn) - 2 * Math.cos(2 * turn), -Math.sin(3 * turn)];
  const outwards = Math.hypot(centre[0] ?? 0, centre[1] ?? 0) || 1;
  return (minor) => {
    const around = (minor / MINOR_STEPS) * 2 * Math.PI;
    const along = 0.5 * Math.cos(around);
    return [10 * ((centre[0] ?? 0) * (1 + along / outwards)), 10 * ((centre[1] ?? 0) * (1 + along / outwards)), 10 * ((centre[2] ?? 0) + 0.5 * Math.sin(around))];
  };
}

/** The most memory that a process ever held; Linux tells, elsewhere 0. */
async function peakMegabytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${String(pid)}/status`, 'utf8').catch(() => '');
  const kilobytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(text)?.[1]);
  return Number.isFinite(kilobytes) ? kilobytes / 1024 : 0;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
