import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestTask } from '../test-context.ts';
import { ffmpeg, makeFilm } from '../test-sources.ts';
import { testTools } from '../test-tools.ts';
import { handler } from './index.ts';

let folder = '';
/** Left: loud in the first half. Right: quiet all along, at another pitch. */
let stereo = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-audio-picture-'));
  stereo = join(folder, 'stereo.flac');
  ffmpeg(['-f', 'lavfi', '-i', "aevalsrc='if(lt(t,2),0.9*sin(2*PI*1000*t),0)|0.2*sin(2*PI*8000*t)':s=48000:d=4", '-c:a', 'flac', stereo]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Pixels of the result as RGBA rows. */
async function draw(input: string, options: Record<string, unknown>): Promise<(x: number, y: number) => number[]> {
  const task = createTestTask(handler, { inputs: [input], options: { width: 200, height: 100, ...options } });
  const [draft] = await task.run();
  const demuxer = { png: 'png_pipe', jpg: 'jpeg_pipe', webp: 'webp_pipe' }[String(options['format'] ?? 'png')] ?? '';
  const bytes = execFileSync(testTools().ffmpegPath, ['-v', 'error', '-f', demuxer, '-i', draft?.tempPath ?? '', '-vf', 'format=rgba', '-f', 'rawvideo', '-'], { maxBuffer: 100_000_000 });
  task.dispose();
  const width = Number(options['width'] ?? 200);
  return (x, y) => [...bytes.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)];
}

describe('a waveform', () => {
  it('is high where it is loud and low where it is quiet, in its colour on nothing', async () => {
    const at = await draw(stereo, { colour: '#ff0000' });
    expect(at(50, 50)).toEqual([255, 0, 0, 255]);
    expect(at(50, 35)[3]).toBeGreaterThan(0);
    expect(at(150, 35)[3]).toBe(0);
  });

  it.each(['jpg', 'webp', 'png'])('has its background in %s, and each channel its own half', async (format) => {
    const at = await draw(stereo, { colour: '#00ff00', background: '#000000', channels: 'separate', format });
    const green = (x: number, y: number): boolean => (at(x, y)[1] ?? 0) > 120;
    expect([green(50, 10), green(150, 10), green(150, 75), green(150, 55)]).toEqual([true, false, true, false]);
  });
});

describe('a spectrogram', () => {
  it('shows pitches at their heights, exactly in its size with a legend too', async () => {
    const at = await draw(stereo, { kind: 'spectrogram', height: 240 });
    const light = (x: number, y: number): number => (at(x, y)[0] ?? 0) + (at(x, y)[1] ?? 0) + (at(x, y)[2] ?? 0);
    // 24 kHz at the top: 8 kHz at a third of the height, 1 kHz near the bottom, in the first half only.
    expect(light(150, 160)).toBeGreaterThan(light(150, 100) + 100);
    expect(light(50, 230)).toBeGreaterThan(light(150, 215) + 50);
    await draw(stereo, { kind: 'spectrogram', legend: true, width: 640, height: 360, format: 'jpg' });
  });
});

it('sound of a film is drawn as well; a film without is refused', async () => {
  await draw(makeFilm(join(folder, 'film.mp4'), { seconds: 3 }), {});
  const silent = makeFilm(join(folder, 'silent.mp4'), { seconds: 2, audio: null });
  await expect(draw(silent, {})).rejects.toMatchObject({ code: 'INPUT_NO_STREAM' });
  await expect(draw(stereo, { audioTrack: 3 })).rejects.toMatchObject({ code: 'INPUT_NO_STREAM' });
});
