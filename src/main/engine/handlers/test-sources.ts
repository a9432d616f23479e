/** Makes media files for tests with FFmpeg's synthetic sources. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { testTools } from './test-tools.ts';

/** Runs FFmpeg quietly; throws with its words when it fails. */
export function ffmpeg(args: readonly string[]): void {
  execFileSync(testTools().ffmpegPath, ['-v', 'error', '-nostdin', '-y', ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** ffprobe's plain output. */
export function ffprobe(args: readonly string[]): string {
  return execFileSync(testTools().ffprobePath, ['-v', 'error', ...args], { encoding: 'utf8', maxBuffer: 100_000_000 });
}

/** Display matrices (ISO/IEC 14496-12, 8.3.2) for turning clockwise, row by row in 16.16 and 2.30 fixed point. */
const MATRICES = {
  90: [0, 0x0001_0000, 0, 0xffff_0000, 0, 0, 0, 0, 0x4000_0000],
  180: [0xffff_0000, 0, 0, 0, 0xffff_0000, 0, 0, 0, 0x4000_0000],
  270: [0, 0xffff_0000, 0, 0x0001_0000, 0, 0, 0, 0, 0x4000_0000],
} as const;

/** Sets the first track's rotation in an MP4 as a phone writes it; FFmpeg's own option for it differs between versions. */
export function rotateMp4(path: string, degreesClockwise: 90 | 180 | 270): void {
  const file = readFileSync(path);
  // tkhd, version 0: the matrix stands 44 bytes after the box's type.
  const matrixAt = file.indexOf('tkhd', 0, 'latin1') + 44;
  MATRICES[degreesClockwise].forEach((value, index) => file.writeUInt32BE(value, matrixAt + 4 * index));
  writeFileSync(path, file);
}

export interface FilmOptions {
  readonly seconds: number;
  /** Frames a second. */
  readonly rate?: number;
  /** `96x64` when absent. */
  readonly size?: string;
  /** Filters after the pattern. */
  readonly filters?: readonly string[];
  /** Video encoder arguments; H.264 with a keyframe every 2 s when absent. */
  readonly video?: readonly string[];
  /** Audio encoder arguments; null: no audio. */
  readonly audio?: readonly string[] | null;
  /** Everything else before the path. */
  readonly output?: readonly string[];
}

/** The usual encoder of a test film: fast, with B-frames and a keyframe every 2 s. */
export const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '50', '-keyint_min', '50', '-sc_threshold', '0', '-pix_fmt', 'yuv420p', '-threads', '1'] as const;

/**
 * A film in which every frame can be told from its neighbours by its brightness, and which beeps for 0.1 s in the middle of every
 * second. So a frame that is lost, doubled or late, and audio that is off, can be seen from outside.
 */
export function makeFilm(path: string, { seconds, rate = 25, size = '96x64', filters = [], video = H264, audio = ['-c:a', 'aac'], output = [] }: FilmOptions): string {
  ffmpeg([
    '-f', 'lavfi', '-i', `nullsrc=s=${size}:r=${rate}:d=${seconds},format=gray,geq=lum='16+mod(N*37,220)'`,
    ...(audio === null ? [] : ['-f', 'lavfi', '-i', `aevalsrc='if(between(mod(t,1),0.5,0.6),0.8*sin(2*PI*1000*t),0)':s=48000:d=${seconds}`]),
    '-map', '0:v', ...(audio === null ? [] : ['-map', '1:a']),
    ...(filters.length === 0 ? [] : ['-vf', filters.join(',')]), ...video, ...(audio ?? []), ...output, path,
  ]);
  return path;
}

/** Mean brightness (0–255) of every frame, in the order shown. */
export function brightness(path: string): number[] {
  const bytes = execFileSync(testTools().ffmpegPath, ['-v', 'error', '-nostdin', '-i', path, '-map', '0:v:0', '-vf', 'scale=1:1:flags=area,format=gray', '-fps_mode', 'passthrough', '-f', 'rawvideo', '-'], { maxBuffer: 100_000_000, stdio: ['ignore', 'pipe', 'ignore'] });
  return [...bytes];
}

/** When each frame is shown, in seconds from the first one, as a decoder sees it. */
export function shownSeconds(path: string): number[] {
  const times = frameTimes(path);
  return times.map((time) => time - (times[0] ?? 0));
}

function frameTimes(path: string): number[] {
  const lines = ffprobe(['-select_streams', 'v:0', '-show_entries', 'frame=best_effort_timestamp_time', '-of', 'csv=p=0', path]).split('\n');
  return lines.map((line) => Number.parseFloat(line)).filter((time) => !Number.isNaN(time));
}

/** When each beep begins, in seconds from the first shown frame. */
export function beepSeconds(path: string, track = 0): number[] {
  const rate = 48_000;
  const raw = execFileSync(testTools().ffmpegPath, ['-v', 'error', '-nostdin', '-copyts', '-i', path, '-map', `0:a:${track}`, '-af', `aresample=${rate}:async=1:first_pts=0:min_hard_comp=0.001`, '-ac', '1', '-f', 's16le', '-'], { maxBuffer: 1_000_000_000, stdio: ['ignore', 'pipe', 'ignore'] });
  const samples = new Int16Array(new Uint8Array(raw).buffer);
  const first = frameTimes(path)[0] ?? 0;
  const beeps: number[] = [];
  for (let index = 0; index < samples.length; index += 1) {
    if (Math.abs(samples[index] ?? 0) < 6000) continue;
    beeps.push(index / rate - first);
    index += rate / 2;
  }
  return beeps;
}
