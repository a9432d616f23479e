import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileWindow } from './file-window.ts';
import { isSvgHead, readImageHeader } from './image-header.ts';
import { isCameraRaw, largestPreview } from './raw-preview.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-image-header-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const plain = (width: number, height: number) => sharp({ create: { width, height, channels: 3, background: '#406080' } });

describe('readImageHeader', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('says of a %s what libvips says, without it', async (format) => {
    const path = at(`a.${format}`);
    await plain(321, 123).toFormat(format).toFile(path);
    for (const isBlocking of [true, false]) expect(await readImageHeader(path, { isCounting: true, isBlocking })).toMatchObject({ format, width: 321, height: 123, pages: 1 });
  });

  it('finds the size behind metadata of many kilobytes, and knows what is progressive', async () => {
    await plain(640, 480).jpeg({ progressive: true }).withXmp(`<x:xmpmeta xmlns:x="adobe:ns:meta/">${'x'.repeat(60_000)}</x:xmpmeta>`).toFile(at('much.jpg'));
    expect(await readImageHeader(at('much.jpg'))).toMatchObject({ width: 640, height: 480, isProgressive: true });
    await plain(64, 48).png({ progressive: true }).toFile(at('interlaced.png'));
    expect(await readImageHeader(at('interlaced.png'))).toMatchObject({ isProgressive: true });
    await plain(64, 48).webp({ lossless: true }).toFile(at('lossless.webp'));
    expect(await readImageHeader(at('lossless.webp'))).toMatchObject({ format: 'webp', width: 64, height: 48 });
  });

  it('counts frames and pages', async () => {
    const frames = await Promise.all(['#f00', '#0f0', '#00f', '#ff0'].map((background) => sharp({ create: { width: 20, height: 10, channels: 3, background } }).png().toBuffer()));
    for (const format of ['gif', 'webp', 'tiff'] as const) {
      await sharp(frames, { join: { animated: true } }).toFormat(format).toFile(at(`many.${format}`));
      expect(await readImageHeader(at(`many.${format}`), { isCounting: true }), format).toMatchObject({ width: 20, height: 10, pages: 4 });
    }
    expect((await readImageHeader(at('many.gif')))?.pages).toBeNull();
  });

  it('gives up on halves and on what leads in circles', async () => {
    await plain(321, 123).jpeg().toFile(at('half.jpg'));
    truncateSync(at('half.jpg'), 30);
    expect(await readImageHeader(at('half.jpg'))).toBeNull();
    // A TIFF whose only directory says that the next one is itself.
    const circle = Buffer.alloc(60);
    circle.write('II*\0\x08\0\0\0', 0, 'latin1');
    circle.writeUInt16LE(2, 8);
    [[256, 40], [257, 30]].forEach(([tag = 0, value = 0], index) => {
      circle.writeUInt16LE(tag, 10 + 12 * index);
      circle.writeUInt16LE(3, 12 + 12 * index);
      circle.writeUInt32LE(1, 14 + 12 * index);
      circle.writeUInt32LE(value, 18 + 12 * index);
    });
    circle.writeUInt32LE(8, 34);
    writeFileSync(at('circle.tif'), circle);
    expect(await readImageHeader(at('circle.tif'), { isCounting: true })).toMatchObject({ width: 40, height: 30, pages: 1 });
    expect(await FileWindow.over(at('circle.tif'), (window) => largestPreview(window))).toBeNull();
    expect(await FileWindow.over(at('circle.tif'), (window) => isCameraRaw(window, 'tif'))).toBe(false);
  });
});

it.each([
  ['<svg xmlns="http://www.w3.org/2000/svg">', true], ['\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a -->\n<!DOCTYPE svg PUBLIC "a" "b" [<!ENTITY x "y">]>\n<svg>', true], ['<!DOCTYPE svg>', true],
  ['<html><svg>', false], ['<?xml version="1.0"?><feed>', false], ['<svgx>', false], ['svg', false],
])('%j is an SVG: %s', (text, isSvg) => {
  expect(isSvgHead(Buffer.from(text, 'latin1'))).toBe(isSvg);
});
