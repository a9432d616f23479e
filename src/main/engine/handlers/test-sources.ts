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
