/** How long the engine's own thread, which is the window's main process too, ever stands still while the disk is slow. Linux with a C compiler. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createEngine } from '../src/main/engine/index.ts';
import type { Print } from './print.ts';
import { rootDir } from './root.ts';

const execute = promisify(execFile);
const SYNC_MS = 50;
const SECONDS = 10;

/** One line; says so where it can't be measured. */
export async function runStallBench(print: Print): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-stall-'));
  const library = join(dir, 'slow-sync.so');
  const name = `stall: the engine's own thread while each fsync takes ${SYNC_MS} ms longer`;
  try {
    const compiled = await execute('cc', ['-shared', '-fPIC', '-O2', '-o', library, join(rootDir, 'bench', 'slow-sync.c'), '-ldl']).then(() => true, () => false);
    if (!compiled || process.platform !== 'linux') return print({ case: name, skipped: 'needs Linux and a C compiler (cc)' });
    const { stdout } = await execute(process.execPath, [join(import.meta.dirname, 'index.js'), 'stall-child', dir], { env: { ...process.env, LD_PRELOAD: library, SLOW_SYNC_MS: String(SYNC_MS) } });
    print({ case: name, ...readLine(stdout), target: 'p99 <= 5 ms' });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function readLine(text: string): object {
  const parsed: unknown = JSON.parse(text);
  return typeof parsed === 'object' && parsed !== null ? parsed : {};
}

/** The measured process: tasks come in and are done all the time. A timer of 1 ms is what the delays are read from. */
export async function runStallChild(dir: string): Promise<void> {
  await mkdir(join(dir, 'recipes'));
  await writeFile(join(dir, 'recipes', 'noop.json'), JSON.stringify({ name: 'noop', type: 'video_thumbnail', version: 1, purpose: 'other', title: { en: 'Nothing.', zh: 'Nothing.' }, description: { en: 'Nothing.', zh: 'Nothing.' }, options: {} }));
  const input = join(dir, 'input');
  await writeFile(input, 'x');
  const tools = { ffmpegPath: '/none', ffprobePath: '/none', whisperCliPath: null, libreOfficePath: null, bundledModelsDir: '/none', modelsDir: '/none' };
  const engine = await createEngine({ dataDir: join(dir, 'data'), codeDir: join(import.meta.dirname, 'noop'), recipesDir: join(dir, 'recipes'), work: { tools } });
  const off = engine.on(() => undefined);
  await engine.api.addTasks({ tasks: [{ input, recipe: 'noop' }] });
  await wait(2_000);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const endMs = performance.now() + SECONDS * 1000;
  let commands = 0;
  while (performance.now() < endMs) {
    await engine.api.addTasks({ tasks: [{ input, recipe: 'noop' }] });
    commands += 1;
  }
  delays.disable();
  off();
  // The timer's own millisecond is no delay.
  const ms = (nanoseconds: number): number => Math.max(0, Math.round(nanoseconds / 1e4 - 100) / 100);
  console.log(JSON.stringify({ p50Ms: ms(delays.percentile(50)), p99Ms: ms(delays.percentile(99)), maxMs: ms(delays.max), commands }));
  await engine.close();
}
