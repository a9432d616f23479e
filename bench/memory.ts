/** Memory of the engine's process (Linux: its own resident set) while an hour of speech is transcribed. */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Print } from './print.ts';
import { rootDir } from './root.ts';

const execute = promisify(execFile);
const TARGET_MB = 150;
const HOUR_SECONDS = Number(process.env['LONGHAUL_BENCH_SECONDS'] ?? 3600);
/** Often enough to see a peak of a few hundred ms. */
const LOOK_EVERY_MS = 200;

/** Prints the peak and the median of the engine process; its workers and tools are processes of their own. */
export async function runMemoryBench(print: Print): Promise<void> {
  if (process.platform !== 'linux') return print({ case: 'memory', skipped: 'reads /proc, which only Linux has' });
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-memory-'));
  try {
    const input = join(dir, 'hour.flac');
    await execute(process.env['LONGHAUL_FFMPEG'] ?? 'ffmpeg', ['-v', 'error', '-y', '-stream_loop', '-1', '-i', join(rootDir, 'resources/samples/longhaul-sample.mp4'), '-t', String(HOUR_SECONDS), '-vn', '-ac', '1', '-ar', '16000', input]);
    const child = spawn(process.execPath, [join(rootDir, 'out/main/cli.js'), 'do', input, '--recipe', 'transcript', '--data', join(dir, 'data'), '--out', join(dir, 'out'), '--json'], { stdio: ['ignore', 'ignore', 'inherit'] });
    const sizesMb: number[] = [];
    const startMs = performance.now();
    let exitCode: number | null = null;
    child.once('exit', (code) => { exitCode = code ?? 1; });
    while (exitCode === null) {
      const statusText = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(statusText)?.[1]);
      if (Number.isFinite(kilobytes)) sizesMb.push(kilobytes / 1024);
      await wait(LOOK_EVERY_MS);
    }
    sizesMb.sort((a, b) => a - b);
    print({
      case: 'engine memory, one hour transcribed', target: `<= ${TARGET_MB} MB`, peakMb: Math.round(sizesMb.at(-1) ?? 0), medianMb: Math.round(sizesMb[Math.floor(sizesMb.length / 2)] ?? 0),
      seconds: HOUR_SECONDS, tookSeconds: Math.round((performance.now() - startMs) / 1000), exitCode,
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
