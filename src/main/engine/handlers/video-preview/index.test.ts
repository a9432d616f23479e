import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestTask } from '../test-context.ts';
import { brightness, ffprobe, makeFilm, rotateMp4, shownSeconds } from '../test-sources.ts';
import { handler } from './index.ts';

let folder = '';
let film = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-preview-'));
  film = makeFilm(join(folder, 'film.mp4'), { seconds: 20 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const streams = (path: string) => ffprobe(['-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0', path]).trim().split('\n');

describe('video_preview', () => {
  it('joins clips from all over the film, with their sound', async () => {
    const task = createTestTask(handler, { inputs: [film], options: { durationSeconds: 4, clips: 4 }, suffix: '.preview' });
    const [draft] = await task.run();
    expect(draft?.fileName).toBe('film.preview.mp4');
    const path = draft?.tempPath ?? '';
    expect(shownSeconds(path)).toHaveLength(100);
    expect(streams(path)).toEqual(['h264,96,64', 'aac']);
    const source = brightness(film);
    // Clip k starts at 5 k + 2 s.
    const wanted = [2, 7, 12, 17].flatMap((start) => source.slice(start * 25, start * 25 + 25));
    expect(Math.max(...brightness(path).map((value, index) => Math.abs(value - (wanted[index] ?? NaN))))).toBeLessThan(12);
    expect(task.checkpoint.savedParts).toEqual([0, 1, 2, 3]);
    task.dispose();
  });

  it('goes on from its clips after an interruption and ends with the same bytes', async () => {
    const options = { durationSeconds: 4, clips: 4 };
    // One thread: only then does x264 promise the same bits twice.
    const tools = { threads: 1 };
    const whole = createTestTask(handler, { inputs: [film], options, tools });
    const [expected] = await whole.run();
    const task = createTestTask(handler, { inputs: [film], options, tools });
    const stop = new AbortController();
    task.checkpoint.onPartSaved = (index) => {
      if (index === 1) stop.abort(new Error('stopped by the test'));
    };
    await expect(task.run(stop.signal)).rejects.toThrow('stopped by the test');
    const [draft] = await task.run();
    expect(task.checkpoint.savedParts).toEqual([0, 1, 2, 3]);
    expect(readFileSync(draft?.tempPath ?? '').equals(readFileSync(expected?.tempPath ?? ''))).toBe(true);
    whole.dispose();
    task.dispose();
  });

  it('shows a short, turned, silent film whole and upright', async () => {
    const short = makeFilm(join(folder, 'short.mp4'), { seconds: 2, audio: null });
    rotateMp4(short, 90);
    const task = createTestTask(handler, { inputs: [short], options: {} });
    const [draft] = await task.run();
    expect(streams(draft?.tempPath ?? '')).toEqual(['h264,64,96']);
    expect(shownSeconds(draft?.tempPath ?? '')).toHaveLength(50);
    task.dispose();
  });

  it('refuses a file without film, and one that was cut short', async () => {
    const sound = makeFilm(join(folder, 'sound.mka'), { seconds: 2, output: ['-vn'] });
    await expect(createTestTask(handler, { inputs: [sound] }).run()).rejects.toMatchObject({ code: 'INPUT_NO_STREAM', message: expect.stringContaining('mp3 or wav') });
    const front = makeFilm(join(folder, 'front.mp4'), { seconds: 20, output: ['-movflags', '+faststart'] });
    copyFileSync(front, join(folder, 'cut.mp4'));
    truncateSync(join(folder, 'cut.mp4'), Math.floor(readFileSync(front).length / 2));
    await expect(createTestTask(handler, { inputs: [join(folder, 'cut.mp4')] }).run()).rejects.toMatchObject({ code: 'INPUT_DAMAGED' });
  });
});
