import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestTask } from '../test-context.ts';
import { ffmpeg, makeFilm, rotateMp4 } from '../test-sources.ts';
import { testTools } from '../test-tools.ts';
import { handler } from './index.ts';
import { clock } from './sheet.ts';

let folder = '';
let film = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-thumbnail-'));
  film = makeFilm(join(folder, 'film.mp4'), { seconds: 10 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Size and mean colour (red, green, blue) of a picture. */
function look(path: string, demuxer = 'jpeg_pipe'): { size: string; colour: number[] } {
  const size = execFileSync(testTools().ffprobePath, ['-v', 'error', '-f', demuxer, '-show_entries', 'stream=width,height', '-of', 'csv=p=0:s=x', path], { encoding: 'utf8' }).trim();
  const colour = [...execFileSync(testTools().ffmpegPath, ['-v', 'error', '-f', demuxer, '-i', path, '-vf', 'scale=1:1:flags=area,format=rgb24', '-f', 'rawvideo', '-'])];
  return { size, colour };
}

async function make(input: string, options: Record<string, unknown>): Promise<{ path: string; fileName: string; warnings: readonly string[] }> {
  const task = createTestTask(handler, { inputs: [input], options });
  const [draft] = await task.run();
  const path = join(folder, `out-${Math.random().toString(36).slice(2)}`);
  copyFileSync(draft?.tempPath ?? '', path);
  task.dispose();
  return { path, fileName: draft?.fileName ?? '', warnings: task.warnings };
}

describe('video_thumbnail', () => {
  it('chooses a telling frame: not the black beginning, not the blank end', async () => {
    const source = join(folder, 'scenes.mp4');
    // 6 s black, 2 s of a colourful scene, 12 s white.
    ffmpeg(['-f', 'lavfi', '-i', 'color=black:s=160x96:r=10:d=6', '-f', 'lavfi', '-i', 'testsrc2=s=160x96:r=10:d=2', '-f', 'lavfi', '-i', 'color=white:s=160x96:r=10:d=12', '-filter_complex', '[0][1][2]concat=n=3', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '10', '-pix_fmt', 'yuv420p', source]);
    const { path, fileName } = await make(source, {});
    const { size, colour } = look(path);
    expect(fileName).toBe('scenes.jpg');
    expect(size).toBe('160x96');
    const mean = colour.reduce((sum, value) => sum + value, 0) / 3;
    expect(mean).toBeGreaterThan(60);
    expect(mean).toBeLessThan(200);
  });

  it('takes the frame at a given second, upright, made smaller and never larger, as PNG or WebP', async () => {
    const turned = join(folder, 'turned.mp4');
    copyFileSync(film, turned);
    rotateMp4(turned, 90);
    const png = await make(turned, { atSeconds: 4, format: 'png', width: 32 });
    expect(look(png.path, 'png_pipe').size).toBe('32x48');
    // Frame 100 has the brightness 16 + 3700 mod 220.
    expect(Math.abs((look(png.path, 'png_pipe').colour[0] ?? 0) - 196)).toBeLessThan(6);
    expect(look((await make(film, { atSeconds: 4, format: 'webp' })).path, 'webp_pipe').size).toBe('96x64');
    await expect(make(film, { atSeconds: 11 })).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('lasts 10.0 s') });
  });

  it('makes pixels square', async () => {
    const source = makeFilm(join(folder, 'wide.mkv'), { seconds: 1, filters: ['setsar=4/3'], audio: null });
    expect(look((await make(source, { atSeconds: 0 })).path).size).toBe('128x64');
  });

  it('lays out a contact sheet, and goes on from the frames it has', async () => {
    const task = createTestTask(handler, { inputs: [film], options: { layout: 'contact-sheet', columns: 3, rows: 2, width: 96 } });
    const stop = new AbortController();
    task.checkpoint.onPartSaved = (index) => {
      if (index === 3) stop.abort(new Error('stopped by the test'));
    };
    await expect(task.run(stop.signal)).rejects.toThrow('stopped by the test');
    const [draft] = await task.run();
    expect(task.checkpoint.savedParts).toEqual([0, 1, 2, 3, 4, 5]);
    const { size } = look(draft?.tempPath ?? '');
    expect(size.startsWith('296x')).toBe(true);
    const whole = createTestTask(handler, { inputs: [film], options: { layout: 'contact-sheet', columns: 3, rows: 2, width: 96 } });
    const [expected] = await whole.run();
    expect(readFileSync(draft?.tempPath ?? '').equals(readFileSync(expected?.tempPath ?? ''))).toBe(true);
    task.dispose();
    whole.dispose();
  });

  it('takes an audio file\'s cover, and refuses where there is nothing to show', async () => {
    const song = join(folder, 'song.mp3');
    ffmpeg(['-f', 'lavfi', '-i', 'sine=d=1', '-f', 'lavfi', '-i', 'color=red:s=64x48:d=0.1:r=10', '-map', '0', '-map', '1', '-c:v', 'mjpeg', '-c:a', 'libmp3lame', '-disposition:v', 'attached_pic', song]);
    const { size, colour } = look((await make(song, {})).path);
    expect(size).toBe('64x48');
    expect(colour[0]).toBeGreaterThan(200);
    expect(colour[1]).toBeLessThan(60);
    await expect(make(song, { layout: 'contact-sheet' })).rejects.toMatchObject({ code: 'INPUT_NO_STREAM' });
    const sound = makeFilm(join(folder, 'sound.mka'), { seconds: 1, output: ['-vn'] });
    await expect(make(sound, {})).rejects.toMatchObject({ code: 'INPUT_NO_STREAM', message: 'sound.mka has no video. There is nothing to show; choose another file.' });
  });
});

it('times read like a clock', () => {
  expect([0, 59.9, 83, 3723].map(clock)).toEqual(['0:00', '0:59', '1:23', '1:02:03']);
});
