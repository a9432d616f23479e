import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestTask } from '../test-context.ts';
import { brightness, ffmpeg, ffprobe, makeFilm, shownSeconds } from '../test-sources.ts';
import { handler } from './index.ts';

let folder = '';
let film = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-pictures-'));
  film = makeFilm(join(folder, 'film.mp4'), { seconds: 4 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a film as pictures', () => {
  it.each(['png', 'jpg'])('becomes as many %s files as asked for, in order', async (pictureFormat) => {
    const task = createTestTask(handler, { inputs: [film], options: { action: 'toPictures', pictureFormat, startSeconds: 1, endSeconds: 3 } });
    const drafts = await task.run();
    expect(drafts).toHaveLength(50);
    expect(drafts[0]?.fileName).toBe(`film.000001.${pictureFormat}`);
    expect(drafts[49]?.fileName).toBe(`film.000050.${pictureFormat}`);
    const whole = brightness(film);
    for (const index of [0, 20, 49]) {
      const path = join(folder, `one.${pictureFormat}`);
      copyFileSync(drafts[index]?.tempPath ?? '', path);
      expect(Math.abs((brightness(path)[0] ?? 0) - (((whole[25 + index] ?? NaN))))).toBeLessThan(22);
    }
    task.dispose();
  }, 60_000);

  it('says how many there would be where they are too many', async () => {
    const long = join(folder, 'long.mp4');
    ffmpeg(['-f', 'lavfi', '-i', 'color=c=blue:s=64x64:r=25:d=300', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', long]);
    await expect(createTestTask(handler, { inputs: [long], options: { action: 'toPictures' } }).run()).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('7500') });
    const task = createTestTask(handler, { inputs: [long], options: { action: 'toPictures', frameRate: 0.1 } });
    expect(await task.run()).toHaveLength(30);
    task.dispose();
  }, 60_000);
});

describe('pictures as a film', () => {
  /** Numbered from 7, with a gap, in a folder whose name is a pattern. */
  function pictures(): string {
    const dir = join(folder, 'shots %03d');
    mkdirSync(dir);
    ffmpeg(['-i', film, '-frames:v', '12', '-start_number', '0', join(folder, 'f%02d.png')]);
    readdirSync(folder).filter((name) => /^f\d\d\.png$/.test(name)).sort().forEach((name, index) => copyFileSync(join(folder, name), join(dir, `shot 2_${7 + index + (index > 5 ? 10 : 0)}.png`)));
    writeFileSync(join(dir, 'shot 2_old.png'), 'not one of them');
    return dir;
  }

  it('takes all that follow in the order of their numbers', async () => {
    const dir = pictures();
    const task = createTestTask(handler, { inputs: [join(dir, 'shot 2_7.png')], options: { action: 'fromPictures', frameRate: 10 } });
    const [draft] = await task.run();
    expect(draft?.fileName).toBe('shot 2.mp4');
    const path = draft?.tempPath ?? '';
    const shown = shownSeconds(path);
    expect(shown).toHaveLength(12);
    expect(shown.at(-1)).toBeCloseTo(1.1, 3);
    const whole = brightness(film).slice(0, 12);
    expect(Math.max(...brightness(path).map((value, index) => Math.abs(value - (whole[index] ?? NaN))))).toBeLessThan(22);
    expect(ffprobe(['-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0', path]).trim()).toBe('h264,96,64');
    task.dispose();
    const broken = join(dir, 'shot 2_10.png');
    writeFileSync(broken, 'torn');
    await expect(createTestTask(handler, { inputs: [join(dir, 'shot 2_7.png')], options: { action: 'fromPictures' } }).run()).rejects.toMatchObject({ code: 'INPUT_DAMAGED' });
  }, 60_000);

  it('says what is missing of a sequence', async () => {
    const run = (name: string) => {
      copyFileSync(join(folder, 'f00.png'), join(folder, name));
      return createTestTask(handler, { inputs: [join(folder, name)], options: { action: 'fromPictures' } }).run();
    };
    await expect(run('lonely_1.png')).rejects.toMatchObject({ code: 'INPUT_MISSING' });
    await expect(run('plain.png')).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('no number') });
    await expect(run('vector_1.svg')).rejects.toMatchObject({ code: 'INPUT_NOT_MEDIA' });
  });
});
