import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestTask } from '../test-context.ts';
import { animation, colourName, makeRaw, phonePhoto, pixelAt, testPicture } from '../test-images.ts';
import { testTools } from '../test-tools.ts';
import { handler } from './index.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-image-convert-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;

/** Runs a whole attempt and keeps its only output. */
async function convert(input: string, options: Record<string, unknown>): Promise<{ path: string; fileName: string; warnings: readonly string[] }> {
  const task = createTestTask(handler, { inputs: [input], options });
  try {
    const [draft] = await task.run();
    if (draft === undefined) throw new Error('It made nothing.');
    made += 1;
    const path = join(folder, `out-${made}-${draft.fileName}`);
    copyFileSync(draft.tempPath, path);
    return { path, fileName: draft.fileName, warnings: task.warnings };
  } finally {
    task.dispose();
  }
}

const source = (name: string): string => join(folder, name);
/** Top left, bottom left, bottom right. */
const corners = (path: string): Promise<string[]> => Promise.all([[0.1, 0.05], [0.1, 0.6], [0.9, 0.6]].map(async ([x = 0, y = 0]) => colourName(await pixelAt(path, x, y))));

/** What FFmpeg's own reader finds in a file. */
function ffprobe(path: string, entries: string): string {
  return execFileSync(testTools().ffprobePath, ['-v', 'error', '-show_entries', entries, '-of', 'default=nw=1', path], { encoding: 'utf8' });
}

/** All that is not pixels, as text: the file's own bytes, and what is packed in them. */
async function besides(path: string): Promise<string> {
  const { exif, xmpAsString } = await sharp(path).metadata();
  return [readFileSync(path).toString('latin1'), exif?.toString('latin1') ?? '', xmpAsString ?? ''].join(' ');
}

describe('image_convert between formats', () => {
  const FORMATS = { jpeg: 'jpg', png: 'png', webp: 'webp', avif: 'avif', gif: 'gif', tiff: 'tif' } as const;

  it.each(Object.entries(FORMATS))('makes %s of every kind of picture, and each can be read back', async (format, extension) => {
    await testPicture(120, 80).png().toFile(source('plain.png'));
    for (const input of ['plain.png']) {
      const { path, fileName } = await convert(source(input), { format });
      expect(fileName).toBe(`plain.${extension}`);
      expect(await corners(path)).toEqual(['green', 'red', 'blue']);
    }
    // And from it: what was written is a source like any other.
    const back = await convert((await convert(source('plain.png'), { format })).path, { format: 'png' });
    expect(await corners(back.path)).toEqual(['green', 'red', 'blue']);
    const kept = await convert((await convert(source('plain.png'), { format })).path, {});
    expect(kept.fileName.endsWith(`.${extension}`)).toBe(true);
  });

  it('keeps transparency where the format has it, and lays a colour behind it where not', async () => {
    await testPicture(120, 80, true).png().toFile(source('clear.png'));
    expect(colourName(await pixelAt((await convert(source('clear.png'), { format: 'webp' })).path, 0.5, 0.95))).toBe('clear');
    expect(colourName(await pixelAt((await convert(source('clear.png'), { format: 'jpeg' })).path, 0.5, 0.95))).toBe('white');
    expect(colourName(await pixelAt((await convert(source('clear.png'), { format: 'jpeg', background: '#00a000' })).path, 0.5, 0.95))).toBe('green');
  });

  it('goes by what a file holds, whatever its name says', async () => {
    await testPicture(120, 80).webp().toFile(source('really-webp.jpg'));
    expect((await convert(source('really-webp.jpg'), {})).fileName).toBe('really-webp.webp');
  });

  it.each(['gif', 'webp'])('keeps all frames of an animation as %s, cut and made smaller', async (format) => {
    await animation(source('moving.gif'), 90, 60);
    const { path } = await convert(source('moving.gif'), { format, crop: '60x60+0+0', width: 30 });
    const { pages, width, pageHeight, delay } = await sharp(path, { pages: -1 }).metadata();
    expect({ pages, width, pageHeight, delay }).toEqual({ pages: 3, width: 30, pageHeight: 30, delay: [100, 100, 100] });
    expect(await Promise.all([0, 1, 2].map(async (page) => colourName(await pixelAt(path, 0.5, 0.5, page))))).toEqual(['red', 'green', 'blue']);
  });

  it('takes the first frame for formats that hold one, and says so', async () => {
    await animation(source('moving.webp'), 90, 60);
    const { path, warnings } = await convert(source('moving.webp'), { format: 'png' });
    expect(colourName(await pixelAt(path, 0.5, 0.5))).toBe('red');
    expect(warnings).toEqual(['PNG holds one picture, so only the first of 3 was taken. Choose WebP or GIF to keep them all.']);
    expect((await convert(source('moving.webp'), { format: 'webp', frames: 'first' })).warnings).toEqual([]);
  });

  it('keeps the pages of a TIFF', async () => {
    const pages = await Promise.all(['#dc0000', '#0000dc'].map((background) => sharp({ create: { width: 50, height: 40, channels: 3, background } }).png().toBuffer()));
    await sharp(pages, { join: { animated: true } }).tiff().toFile(source('pages.tif'));
    const { path } = await convert(source('pages.tif'), { width: 25 });
    expect(await sharp(path, { pages: -1 }).metadata()).toMatchObject({ pages: 2, width: 25 });
    expect(colourName(await pixelAt(path, 0.5, 0.5, 1))).toBe('blue');
  });
});

describe('image_convert of what can only be read', () => {
  it('draws an SVG as large as it is wanted, not enlarged from a small picture', async () => {
    writeFileSync(source('drawing.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5" height="10" fill="#dc0000"/><rect x="5" width="5" height="10" fill="#0000dc"/></svg>');
    const { path, fileName } = await convert(source('drawing.svg'), { width: 1000 });
    expect(fileName).toBe('drawing.png');
    expect(await sharp(path).metadata()).toMatchObject({ width: 1000, height: 1000 });
    // Enlarged from ten pixels the edge would be a hundred pixels wide.
    expect(colourName(await pixelAt(path, 0.497, 0.5))).toBe('red');
    expect((await pixelAt(path, 0.497, 0.5))[2]).toBeLessThan(20);
    expect((await pixelAt(path, 0.503, 0.5))[0]).toBeLessThan(20);
  });

  it('takes the largest preview out of camera raw, turned as the camera says', async () => {
    const [small, large] = await Promise.all([testPicture(160, 120).jpeg().toBuffer(), testPicture(600, 400).jpeg().toBuffer()]);
    makeRaw(source('photo.dng'), small, large, 6);
    const { path, fileName, warnings } = await convert(source('photo.dng'), {});
    expect(fileName).toBe('photo.jpg');
    expect(await sharp(path).metadata()).toMatchObject({ width: 400, height: 600 });
    // Turned clockwise: what was left is up.
    expect(colourName(await pixelAt(path, 0.3, 0.1))).toBe('red');
    expect(colourName(await pixelAt(path, 0.95, 0.5))).toBe('green');
    expect(warnings.join()).toContain('camera raw');
  });
});

describe('image_convert sizes', () => {
  it.each([
    [{ width: 300 }, '300x200'], [{ height: 100 }, '150x100'], [{ longestSide: 60 }, '60x40'], [{ percent: 50 }, '300x200'], [{ percent: 200 }, '1200x800'],
    [{ width: 300, height: 300 }, '300x200'], [{ width: 300, height: 300, fit: 'cover' }, '300x300'], [{ width: 300, height: 300, fit: 'contain' }, '300x300'], [{ width: 300, height: 300, fit: 'fill' }, '300x300'],
    [{ width: 6000 }, '600x400'], [{ width: 6000, enlarge: true }, '6000x4000'], [{ width: 900, height: 900, fit: 'cover' }, '400x400'], [{ crop: '100x50+10+20' }, '100x50'],
  ])('%j of 600 × 400 gives %s', async (options, size) => {
    await testPicture(600, 400).png().toFile(source('size.png'));
    const { path } = await convert(source('size.png'), { format: 'jpeg', ...options });
    expect(ffprobe(path, 'stream=width,height')).toBe(`width=${size.split('x')[0]}\nheight=${size.split('x')[1]}\n`);
  });

  it('refuses a cut that does not lie within the picture, and a side that the format has not', async () => {
    await testPicture(600, 400).png().toFile(source('size.png'));
    await expect(convert(source('size.png'), { crop: '600x400+1+0' })).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('600 × 400') });
    await expect(convert(source('size.png'), { format: 'webp', width: 20_000, enlarge: true })).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('WebP ends at 16383') });
  });

  it.each(['jpeg', 'webp', 'avif', 'png'])('makes a %s that is at most as large as wanted and not much smaller', async (format) => {
    const noise = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 40 } } }).png().toBuffer();
    await sharp(noise).toFile(source('noise.png'));
    const { path } = await convert(source('noise.png'), { format, maxBytes: 20_000 });
    const { size } = statSync(path);
    expect(size).toBeLessThanOrEqual(20_000);
    expect(size).toBeGreaterThan(9_000);
  });
});

describe('image_convert and what stands beside the pixels', () => {
  it.each([1, 3, 6, 8])('turns a photo upright that says %i, and does not have it turned twice', async (orientation) => {
    await phonePhoto(600, 400, orientation).toFile(source(`turned-${orientation}.jpg`));
    const { path } = await convert(source(`turned-${orientation}.jpg`), { format: 'jpeg' });
    const { width, height, orientation: said } = await sharp(path).metadata();
    expect([width, height]).toEqual(orientation >= 5 ? [400, 600] : [600, 400]);
    expect(said ?? 1).toBe(1);
    // Where the green bar, which was on top, must lie.
    const at = { 1: [0.5, 0.05], 3: [0.5, 0.95], 6: [0.95, 0.5], 8: [0.05, 0.5] }[orientation] ?? [0, 0];
    expect(colourName(await pixelAt(path, at[0] ?? 0, at[1] ?? 0))).toBe('green');
  });

  it.each(['jpeg', 'webp', 'png', 'avif'])('keeps, strips, or strips only the place in %s', async (format) => {
    await phonePhoto(600, 400, 6).toFile(source('place.jpg'));
    const whole = await besides((await convert(source('place.jpg'), { format })).path);
    expect(whole).toContain('Phone 1');
    expect(whole).toContain('GPSLatitude="52');
    const bare = await convert(source('place.jpg'), { format, metadata: 'strip' });
    expect((await sharp(bare.path).metadata()).exif).toBeUndefined();
    expect(await besides(bare.path)).not.toMatch(/Phone 1|Berlin|A title/);
    const { path } = await convert(source('place.jpg'), { format, metadata: 'strip-location' });
    const text = await besides(path);
    expect(text).toContain('Phone 1');
    expect(text).toContain('2024:05:01 10:00:00');
    expect(text).toContain('A title');
    expect(text).not.toMatch(/Berlin|Germany|GPSLatitude/);
    // The rational numbers of 52° 30' stood there in either byte order.
    const { exif } = await sharp(path).metadata();
    expect(exif?.includes(Buffer.from([52, 0, 0, 0, 1, 0, 0, 0, 30, 0, 0, 0, 1, 0, 0, 0]))).toBe(false);
  });

  it('FFmpeg finds a place before and none after, and camera and time in both', async () => {
    await phonePhoto(600, 400, 1).toFile(source('place.jpg'));
    const before = ffprobe(source('place.jpg'), 'frame_tags');
    const after = ffprobe((await convert(source('place.jpg'), { format: 'jpeg', metadata: 'strip-location' })).path, 'frame_tags');
    expect(before).toMatch(/GPSLatitude=/);
    expect(after).not.toMatch(/GPS/);
    for (const text of [before, after]) expect(text).toMatch(/Make=ACME[^]*DateTimeOriginal=2024:05:01 10:00:00/);
  });

  it('keeps a colour profile, or converts to sRGB', async () => {
    await testPicture(60, 40).withIccProfile('p3').png().toFile(source('p3.png'));
    expect((await sharp((await convert(source('p3.png'), { format: 'jpeg' })).path).metadata()).icc?.toString('latin1').replaceAll('\0', '')).toMatch(/sP3C/);
    const converted = await convert(source('p3.png'), { format: 'png', colour: 'srgb' });
    expect((await sharp(converted.path).metadata()).icc).toBeUndefined();
  });

  it('writes the resolution for printing', async () => {
    await testPicture(600, 400).png().toFile(source('print.png'));
    for (const format of ['tiff', 'jpeg', 'png']) expect((await sharp((await convert(source('print.png'), { format, dpi: 300 })).path).metadata()).density).toBe(300);
  });
});
