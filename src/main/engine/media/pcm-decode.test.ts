import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpeg } from '../handlers/test-sources.ts';
import { testTools } from '../handlers/test-tools.ts';
import { decodeAudio, type DecodedAudio } from './pcm-decode.ts';
import { FRAMES_PER_SECOND } from './silence.ts';
import { BYTES_PER_SAMPLE, SAMPLE_RATE } from './pcm-timeline.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'longhaul-decode-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function decode(inputPath: string, audioTrack = 0, signal = new AbortController().signal): Promise<DecodedAudio> {
  return decodeAudio({ ffmpegPath: testTools().ffmpegPath, inputPath, audioTrack, pcmPath: join(dir, 'audio.s16'), signal, onProgress: () => undefined });
}

/** Seconds of the file's time line at which it becomes loud for the nth time. */
function onsets({ levels, offsetSamples }: DecodedAudio): number[] {
  const found: number[] = [];
  for (const [frame, level] of levels.entries()) if (level > -30 && (levels[frame - 1] ?? -100) <= -30) found.push(frame / FRAMES_PER_SECOND + offsetSamples / SAMPLE_RATE);
  return found;
}

/** Silence with a beep of 0.2 s at each of the seconds. */
function beeps(at: readonly number[], length: number): string[] {
  const on = at.map((second) => `between(t,${second},${second + 0.2})`).join('+');
  return ['-f', 'lavfi', '-i', `aevalsrc='(${on})*0.5*sin(2*PI*700*t)':s=48000:d=${length}`];
}

const FILM = ['-f', 'lavfi', '-i', 'color=black:s=64x64:r=5:d=6'];
const VIDEO = ['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1'];

/** Half of what a transcript's times may be off by; a frame is 20 ms. */
function expectNear(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [index, second] of expected.entries()) expect(Math.abs((found[index] ?? 0) - second)).toBeLessThanOrEqual(0.05);
}

describe('decodeAudio puts each sound where the file\'s own time line has it', () => {
  it('in a plain WAV, whose samples are all there and synced', async () => {
    const path = join(dir, 'plain.wav');
    ffmpeg([...beeps([1, 3.5], 5), path]);
    const decoded = await decode(path);
    expectNear(onsets(decoded), [1, 3.5]);
    expect(decoded.samples).toBe(5 * SAMPLE_RATE);
    expect(statSync(join(dir, 'audio.s16')).size).toBe(5 * SAMPLE_RATE * BYTES_PER_SAMPLE);
  });

  it.each(['mkv', 'mp4', 'mov'])('when the audio of an %s begins late', async (extension) => {
    const path = join(dir, `late.${extension}`);
    ffmpeg([...FILM, '-itsoffset', '2', ...beeps([1], 3), '-map', '0:v', '-map', '1:a', ...VIDEO, '-c:a', 'aac', path]);
    expectNear(onsets(await decode(path)), [3]);
  });

  it('when an MPEG-TS starts at 100 s and its audio 2 s later: FFmpeg alone would take the audio for the start', async () => {
    const path = join(dir, 'late.ts');
    ffmpeg([...FILM, '-itsoffset', '2', ...beeps([1], 3), '-map', '0:v', '-map', '1:a', ...VIDEO, '-bf', '0', '-c:a', 'aac', '-output_ts_offset', '100', path]);
    const decoded = await decode(path);
    expect(decoded.offsetSamples).toBeGreaterThan(1.8 * SAMPLE_RATE);
    expectNear(onsets(decoded), [3]);
  });

  it('when packets are missing in the middle', async () => {
    const path = join(dir, 'gap.mka');
    ffmpeg([...beeps([0.5, 2.5], 4), '-af', 'asetpts=PTS+gt(T\\,1.5)*3/TB', '-c:a', 'pcm_s16le', path]);
    expectNear(onsets(await decode(path)), [0.5, 5.5]);
  });

  it('when it comes after more than an hour without any, and in a file that stays small', async () => {
    const path = join(dir, 'hour.mkv');
    ffmpeg(['-f', 'lavfi', '-i', 'color=black:s=16x16:r=1/60:d=3720', '-itsoffset', '3700', ...beeps([1], 2), '-map', '0:v', '-map', '1:a', ...VIDEO, '-c:a', 'libopus', path]);
    const decoded = await decode(path);
    expectNear(onsets(decoded), [3701]);
    const { size, blocks } = statSync(join(dir, 'audio.s16'));
    expect(size).toBe(decoded.samples * BYTES_PER_SAMPLE);
    expect(blocks * 512).toBeLessThan(size / 100);
  });

  it('in the track that was chosen', async () => {
    const path = join(dir, 'tracks.mka');
    ffmpeg([...beeps([1], 3), ...beeps([2], 3), '-map', '0:a', '-map', '1:a', '-c:a', 'flac', path]);
    expectNear(onsets(await decode(path, 0)), [1]);
    expectNear(onsets(await decode(path, 1)), [2]);
    await expect(decode(path, 2)).rejects.toMatchObject({ code: 'INPUT_NO_STREAM' });
  });
});

describe('decodeAudio', () => {
  it('settles with the signal\'s reason when it is aborted', async () => {
    const path = join(dir, 'long.wav');
    ffmpeg([...beeps([1], 30), path]);
    const reason = new Error('paused');
    await expect(decode(path, 0, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('says that a file is gone', async () => {
    await expect(decode(join(dir, 'nowhere.wav'))).rejects.toMatchObject({ code: 'INPUT_MISSING' });
  });
});
