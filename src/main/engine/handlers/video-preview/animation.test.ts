import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAnimatedWebp } from '../../media/webp-animation.ts';
import { createTestTask } from '../test-context.ts';
import { makeFilm } from '../test-sources.ts';
import { animationRate } from './animation.ts';
import { handler } from './index.ts';

let folder = '';
let film = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-animation-'));
  film = makeFilm(join(folder, 'film.mp4'), { seconds: 20 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a preview that is a moving picture', () => {
  it.each(['gif', 'webp'])('%s repeats for ever, lasts as long as asked and shows the film', async (format) => {
    const task = createTestTask(handler, { inputs: [film], options: { durationSeconds: 4, clips: 4, format } });
    const [draft] = await task.run();
    expect(draft?.fileName).toBe(`film.${format}`);
    // Another reader than ours.
    const { width, pageHeight, pages, delay, loop } = await sharp(draft?.tempPath ?? '', { animated: true }).metadata();
    expect({ width, pageHeight, pages, loop }).toEqual({ width: 96, pageHeight: 64, pages, loop: 0 });
    // Pictures that are the same stand longer instead of coming twice.
    expect(pages).toBeGreaterThan(40);
    // Four clips of twelve whole pictures at 12.5 a second.
    expect(delay?.reduce((sum, one) => sum + one, 0)).toBe(3840);
    // The first clip starts at 2 s, frame 50: brightness 16 + 50 * 37 mod 220.
    const { channels } = await sharp(draft?.tempPath ?? '', { page: 0 }).stats();
    expect(Math.abs((channels[0]?.mean ?? 0) - (((16 + ((50 * 37) % 220)) - 16) * 255) / 219)).toBeLessThan(14);
    expect(task.checkpoint.savedParts).toEqual([0, 1, 2, 3]);
    task.dispose();
  }, 60_000);

  it('has rates that GIF can say, never above the film\'s', () => {
    expect(animationRate({ numerator: 25, denominator: 1 }, null)).toEqual({ numerator: 100, denominator: 8 });
    expect(animationRate({ numerator: 5, denominator: 1 }, null)).toEqual({ numerator: 100, denominator: 20 });
    expect(animationRate({ numerator: 60, denominator: 1 }, 60)).toEqual({ numerator: 100, denominator: 2 });
    expect(animationRate(null, 30)).toEqual({ numerator: 100, denominator: 3 });
  });

  it('an animated WebP that is cut short is none', async () => {
    const task = createTestTask(handler, { inputs: [film], options: { durationSeconds: 2, clips: 1, format: 'webp' } });
    const [draft] = await task.run();
    const bytes = readFileSync(draft?.tempPath ?? '');
    task.dispose();
    const read = async (part: Buffer): Promise<unknown> => {
      const path = join(folder, 'part.webp');
      writeFileSync(path, part);
      const file = await open(path, 'r');
      try {
        return await readAnimatedWebp(file, part.length);
      } finally {
        await file.close();
      }
    };
    expect(await read(bytes)).toMatchObject({ width: 96, height: 64, seconds: 2 });
    expect(await read(bytes.subarray(0, bytes.length - 40))).toBeNull();
    expect(await read(Buffer.from('not a picture at all'))).toBeNull();
  });
});
