/** Our conversion against raw FFmpeg on the same film with the same encoder arguments: time, processor time, size, frames, sound. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '../src/main/engine/media/child.ts';
import { createTestTask } from '../src/main/engine/handlers/test-context.ts';
import { beepSeconds, ffmpeg, ffprobe } from '../src/main/engine/handlers/test-sources.ts';
import { testTools } from '../src/main/engine/handlers/test-tools.ts';
import { softwareArguments } from '../src/main/engine/handlers/video-convert/encoders.ts';
import { handler } from '../src/main/engine/handlers/video-convert/index.ts';
import type { Print } from './print.ts';
import { processorSeconds } from './processor-time.ts';

/** The case the project promises: ten minutes of 720p. LONGHAUL_BENCH_SECONDS shortens it. */
const SECONDS = 600;
/** Each takes its turn as first, so that a machine that slows down meanwhile is no one's advantage. */
const ROUNDS = 3;
const THREADS = 2;
const TARGET_RATIO = 1.1;
/** How far sizes may differ, and how far sound may be from picture: a frame at 30 a second. */
const TARGET_SIZE = 0.02;
const TARGET_OFFSET_MS = 1000 / 30;
/** Original content of the film at most; beyond, it repeats a whole number of times. */
const UNIQUE_SECONDS = 60;

interface Run {
  readonly wallSeconds: number;
  /** Null where the system does not tell. */
  readonly cpuSeconds: number | null;
  readonly path: string;
  readonly segments: number;
}

export async function runConvertBench(print: Print): Promise<void> {
  const seconds = Number(process.env['LONGHAUL_BENCH_SECONDS'] ?? SECONDS);
  const film = provideFilm(seconds);
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-convert-'));
  try {
    const contenders = { ours: () => convert(film, folder), raw: () => rawFfmpeg(film, folder) };
    const runs: Record<keyof typeof contenders, Run[]> = { ours: [], raw: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of round % 2 === 0 ? (['ours', 'raw'] as const) : (['raw', 'ours'] as const)) runs[name].push(await contenders[name]());
    }
    print(figures(film, seconds, runs));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figures(film: string, seconds: number, runs: Readonly<Record<'ours' | 'raw', readonly Run[]>>): object {
  const [ours, raw] = [runs.ours[0], runs.raw[0]];
  if (ours === undefined || raw === undefined) return { case: 'convert', skipped: 'no run was made' };
  const wall = (name: keyof typeof runs): number => median(runs[name].map((run) => run.wallSeconds));
  const cpu = (name: keyof typeof runs): number => median(runs[name].map((run) => run.cpuSeconds ?? Number.NaN));
  const ratio = wall('ours') / wall('raw');
  const sizeRatio = statSync(ours.path).size / statSync(raw.path).size;
  const frames = [film, ours.path, raw.path].map(frameSeconds);
  const [source = [], made = [], plain = []] = frames;
  const framesEqual = made.length === plain.length && made.length === source.length;
  const avOffset = 1000 * (greatestGap(made, source) + greatestGap(beepSeconds(ours.path), beepSeconds(film)));
  return {
    case: 'convert', what: `mp4-h264 of ${seconds} s of 720p at 30 frames a second in ${ours.segments} segments, output check included; raw: ffmpeg with the same encoder arguments, no check`,
    ratio: round(ratio), target: TARGET_RATIO, isMet: ratio <= TARGET_RATIO && Math.abs(sizeRatio - 1) <= TARGET_SIZE && framesEqual && avOffset <= TARGET_OFFSET_MS,
    cpuRatio: round(cpu('ours') / cpu('raw')), ours: round(wall('ours')), raw: round(wall('raw')), oursCpuSeconds: round(cpu('ours')), rawCpuSeconds: round(cpu('raw')),
    sizeRatio: Math.round(sizeRatio * 10_000) / 10_000, targetSize: TARGET_SIZE, framesEqual, frames: made.length, avOffset: round(avOffset), targetOffset: round(TARGET_OFFSET_MS),
    rounds: { ours: runs.ours.map((run) => round(run.wallSeconds)), raw: runs.raw.map((run) => round(run.wallSeconds)) },
  };
}

/** The whole handler with its check, as a worker runs it. */
async function convert(film: string, folder: string): Promise<Run> {
  const task = createTestTask(handler, { inputs: [film], options: { container: 'mp4', videoCodec: 'h264', audioCodec: 'aac' }, tools: { threads: THREADS } });
  try {
    const { result: drafts, ...times } = await timed(() => task.run());
    const path = join(folder, 'ours.mp4');
    const [draft] = drafts;
    if (draft !== undefined) renameSync(draft.tempPath, path);
    return { ...times, path, segments: task.checkpoint.plan?.segments.length ?? 0 };
  } finally {
    task.dispose();
  }
}

async function rawFfmpeg(film: string, folder: string): Promise<Run> {
  const path = join(folder, 'raw.mp4');
  const args = [
    '-v', 'error', '-nostdin', '-y', '-threads', String(THREADS), '-i', film, '-map', '0:v:0', '-map', '0:a', '-filter_threads', String(THREADS),
    ...softwareArguments('h264', 'medium', 'medium', THREADS), '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '160k', '-movflags', '+faststart', path,
  ];
  const { result, ...times } = await timed(() => runTool({ path: testTools().ffmpegPath, args, signal: new AbortController().signal }));
  if (result.exitCode !== 0) throw new Error(`Raw FFmpeg failed: ${result.stderrTail}`);
  return { ...times, path, segments: 1 };
}

async function timed<T>(work: () => Promise<T>): Promise<{ wallSeconds: number; cpuSeconds: number | null; result: T }> {
  const [start, cpuStart] = [performance.now(), processorSeconds()];
  const result = await work();
  const cpuEnd = processorSeconds();
  return { wallSeconds: (performance.now() - start) / 1000, cpuSeconds: cpuStart === null || cpuEnd === null ? null : cpuEnd - cpuStart, result };
}

/**
 * A film with soft gradients under film grain, fine structures, hard edges and text in motion, and a beep in the middle of every second. Made once, kept
 * among the system's temporary files.
 */
function provideFilm(seconds: number): string {
  const folder = join(tmpdir(), 'longhaul-bench-cache');
  const path = join(folder, `film-720p-${seconds}.mp4`);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  const rounds = Math.ceil(seconds / UNIQUE_SECONDS);
  const unique = seconds / rounds;
  const scene = join(folder, `scene-${seconds}.mp4`);
  const pictures = `gradients=s=1280x720:r=30:d=${unique}:speed=0.02:n=5:seed=7`;
  const graph = "[0]noise=c0s=3:c0f=t:all_seed=7[grain];[grain][1]overlay=x='200+100*sin(t)':y='150+80*cos(t)':shortest=1[first];[first][2]overlay=x=850:y='200+100*sin(t/2)',format=yuv420p";
  ffmpeg(['-f', 'lavfi', '-i', pictures, '-f', 'lavfi', '-i', 'mandelbrot=s=480x360:r=30', '-f', 'lavfi', '-i', `testsrc2=s=320x240:r=30:d=${unique}`, '-filter_complex', graph, '-c:v', 'libx264', '-crf', '18', '-preset', 'veryfast', '-threads', '2', scene]);
  const beeps = `aevalsrc='if(between(mod(t,1),0.5,0.6),0.8*sin(2*PI*1000*t),0.02*sin(2*PI*200*t))':s=48000:d=${seconds}`;
  ffmpeg(['-stream_loop', String(rounds - 1), '-i', scene, '-f', 'lavfi', '-i', beeps, '-map', '0:v', '-map', '1:a', '-c:v', 'copy', '-c:a', 'aac', '-f', 'mp4', `${path}.part`]);
  renameSync(`${path}.part`, path);
  rmSync(scene);
  return path;
}

/** When each frame is shown, from the first one: the packets' times, without decoding. */
function frameSeconds(path: string): number[] {
  const times = ffprobe(['-select_streams', 'v:0', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path]).split('\n').map((line) => Number.parseFloat(line)).filter((time) => !Number.isNaN(time)).sort((a, b) => a - b);
  return times.map((time) => time - (times[0] ?? 0));
}

/** NaN when the lists differ in length. */
function greatestGap(made: readonly number[], wanted: readonly number[]): number {
  if (made.length !== wanted.length) return Number.NaN;
  return made.reduce((gap, time, index) => Math.max(gap, Math.abs(time - (wanted[index] ?? Number.NaN))), 0);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
