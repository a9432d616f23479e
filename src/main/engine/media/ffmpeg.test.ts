import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testTools } from '../handlers/test-tools.ts';
import { makeFilm } from '../handlers/test-sources.ts';
import { capabilitiesOf } from './capabilities.ts';
import { isIntact, keepFile } from './durable-file.ts';
import { ffmpegFailure } from './ffmpeg-errors.ts';
import { inputArguments } from './ffmpeg-input.ts';
import { progressReader, runFfmpeg, type FfmpegProgress } from './ffmpeg.ts';
import { findHardwareEncoder } from './hardware.ts';

const { ffmpegPath } = testTools();
const signal = new AbortController().signal;
let folder = '';
let film = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-ffmpeg-'));
  film = makeFilm(join(folder, 'film.mp4'), { seconds: 2 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(args: readonly string[], inputPath = film): Promise<unknown> {
  return runFfmpeg({ ffmpegPath, args: [...inputArguments(inputPath), ...args], inputPath, signal });
}

describe('runFfmpeg', () => {
  it('reports the frame and time it has reached', async () => {
    const seen: FfmpegProgress[] = [];
    await runFfmpeg({ ffmpegPath, args: [...inputArguments(film), '-f', 'null', '-'], inputPath: film, signal, onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)?.frame).toBe(50);
    expect(seen.at(-1)?.outSeconds).toBeCloseTo(2, 0);
  });

  it.skipIf(process.platform !== 'linux')('a full disk is DISK_FULL, to be tried again (needs /dev/full of Linux)', async () => {
    await expect(run(['-c:v', 'rawvideo', '-f', 'nut', 'file:/dev/full'])).rejects.toMatchObject({ code: 'DISK_FULL', retryable: true });
  });

  it('names a missing encoder, a missing input and an output that may not be written', async () => {
    await expect(run(['-c:v', 'no_such_encoder', '-f', 'null', '-'])).rejects.toMatchObject({ code: 'TOOL_MISSING', message: expect.stringContaining('no encoder no_such_encoder') });
    await expect(run(['-f', 'null', '-'], join(folder, 'gone.mp4'))).rejects.toMatchObject({ code: 'INPUT_MISSING' });
    writeFileSync(join(folder, 'noise.mp4'), Buffer.alloc(5000, 7));
    await expect(run(['-f', 'null', '-'], join(folder, 'noise.mp4'))).rejects.toMatchObject({ code: 'INPUT_DAMAGED' });
  });

  it('says when the input ends before its header says so', async () => {
    const front = makeFilm(join(folder, 'front.mp4'), { seconds: 4, output: ['-movflags', '+faststart'] });
    truncateSync(front, Math.floor(statSync(front).size * 0.6));
    expect(await runFfmpeg({ ffmpegPath, args: [...inputArguments(front), '-c', 'copy', '-f', 'null', '-'], inputPath: front, signal })).toMatchObject({ isInputCutShort: true });
  });
});

it('progress without a time yet is null, not zero', () => {
  const seen: FfmpegProgress[] = [];
  const read = progressReader((progress) => seen.push(progress));
  for (const line of ['frame=0', 'out_time_us=N/A', 'speed=N/A', 'progress=continue', 'frame=12', 'out_time_us=480000', 'speed= 3.1x', 'progress=end']) read(line);
  expect(seen).toEqual([{ frame: 0, outSeconds: null, speed: null }, { frame: 12, outSeconds: 0.48, speed: 3.1 }]);
});

describe('ffmpegFailure', () => {
  const result = (stderrTail: string, exitSignal: NodeJS.Signals | null = null) => ({ exitCode: exitSignal === null ? 1 : null, exitSignal, stdout: '', stderrTail });
  const cases: [string, string, boolean][] = [
    ['av_interleaved_write_frame(): No space left on device', 'DISK_FULL', true],
    ['film.mp4: Input/output error', 'IO_ERROR', true],
    ['/out/x.mp4: Read-only file system', 'OUTPUT_NOT_WRITABLE', false],
    ['Stream map \'0:a\' matches no streams.', 'INPUT_NO_STREAM', false],
    ['No such filter: \'zscale\'', 'TOOL_MISSING', false],
    ['Cannot allocate memory', 'TOOL_FAILED', true],
    ['something new', 'TOOL_FAILED', true],
  ];
  it.each(cases)('%s is %s', (tail, code, retryable) => {
    expect(ffmpegFailure(result(tail), '/film.mp4')).toMatchObject({ code, retryable });
  });

  it('a crash is told apart from a failure', () => {
    expect(ffmpegFailure(result('', 'SIGSEGV'), '/film.mp4')).toMatchObject({ code: 'TOOL_FAILED', retryable: true, message: expect.stringContaining('SIGSEGV') });
  });
});

it('this FFmpeg has what the recipes need', async () => {
  const { version, encoders, filters, muxers } = await capabilitiesOf(ffmpegPath, signal);
  expect(version).toMatch(/\d/);
  expect([...['libx264', 'libx265', 'aac', 'libopus', 'libmp3lame', 'pcm_s16le', 'png', 'mjpeg'].filter((name) => !encoders.has(name)), ...['scale', 'trim', 'setpts', 'thumbnail', 'tile', 'bwdif'].filter((name) => !filters.has(name)), ...['mp4', 'matroska', 'webm', 'wav', 'mp3'].filter((name) => !muxers.has(name))]).toEqual([]);
});

it('a hardware encoder is only named when it works', async () => {
  const found = await findHardwareEncoder(ffmpegPath, 'h264', signal);
  if (found === null) expect(found).toBeNull();
  else await expect(runFfmpeg({ ffmpegPath, args: [...found.deviceArguments, ...inputArguments(film), '-vf', ['scale=320:240', ...(found.uploadFilter === null ? [] : [found.uploadFilter])].join(','), '-c:v', found.name, '-an', '-f', 'null', '-'], inputPath: film, signal })).resolves.toBeDefined();
});

it('a kept file is known again, and any change of it is seen', async () => {
  writeFileSync(join(folder, 'x.part'), 'hello');
  const kept = await keepFile(join(folder, 'x.part'), join(folder, 'x'));
  expect(kept).toEqual({ name: 'x', sizeBytes: 5, sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824' });
  expect(await isIntact(folder, kept)).toBe(true);
  writeFileSync(join(folder, 'x'), 'hellO');
  expect(await isIntact(folder, kept)).toBe(false);
  rmSync(join(folder, 'x'));
  expect(await isIntact(folder, kept)).toBe(false);
});
