/** Media for the fault tests, made on the spot: long enough to be killed in, small enough to be quick. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ffmpegPath } from '../support/tools.ts';

const execute = promisify(execFile);
const sample = join(import.meta.dirname, '../../resources/samples/longhaul-sample.mp4');

/** The bundled sample's speech, over and over. */
export async function makeLongSpeech(dir: string, seconds: number): Promise<string> {
  const path = join(dir, 'speech.flac');
  await execute(ffmpegPath, ['-v', 'error', '-y', '-stream_loop', '-1', '-i', sample, '-t', String(seconds), '-vn', '-ac', '1', '-ar', '16000', path]);
  return path;
}

/** A moving test picture with tones, a keyframe every two seconds. */
export async function makeNumberedVideo(dir: string, seconds: number, { size = '480x270', rate = 30 }: { size?: string; rate?: number } = {}): Promise<string> {
  const path = join(dir, 'numbered.mp4');
  await execute(ffmpegPath, ['-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${rate}:duration=${seconds}`, '-f', 'lavfi', '-i', `sine=frequency=300:beep_factor=4:duration=${seconds}`,
    '-c:v', 'libx264', '-preset', 'ultrafast', '-g', String(2 * rate), '-pix_fmt', 'yuv420p', '-c:a', 'aac', path]);
  return path;
}
