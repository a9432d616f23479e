import { createServer } from 'node:http';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestTask } from '../test-context.ts';
import { animation, colourName, makeRaw, mutated, phonePhoto, pixelAt, testPicture } from '../test-images.ts';
import { handler } from './index.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-image-thumbnail-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const source = (name: string): string => join(folder, name);
let made = 0;

async function thumbnail(input: string, options: Record<string, unknown> = {}): Promise<string> {
  const task = createTestTask(handler, { inputs: [input], options });
  try {
    const [draft] = await task.run();
    if (draft === undefined) throw new Error('It made nothing.');
    made += 1;
    const path = join(folder, `out-${made}-${draft.fileName}`);
    copyFileSync(draft.tempPath, path);
    return path;
  } finally {
    task.dispose();
  }
}

const put = (name: string, contents: string | Buffer): string => {
  writeFileSync(source(name), contents);
  return source(name);
};

describe('image_thumbnail', () => {
  it.each(['jpeg', 'png', 'webp', 'avif'])('makes a small upright %s of a photo, with nothing else in the file', async (format) => {
    await phonePhoto(1200, 800, 6).toFile(source('photo.jpg'));
    const path = await thumbnail(source('photo.jpg'), { format, size: 150 });
    const { width, height, exif, xmp, icc } = await sharp(path).metadata();
    expect({ width, height, exif, xmp, icc }).toEqual({ width: 100, height: 150, exif: undefined, xmp: undefined, icc: undefined });
    expect(colourName(await pixelAt(path, 0.95, 0.5))).toBe('green');
  });

  it('cuts a square out where told to, and never enlarges', async () => {
    await testPicture(1200, 800).png().toFile(source('wide.png'));
    expect(await sharp(await thumbnail(source('wide.png'), { fit: 'cover', size: 200 })).metadata()).toMatchObject({ width: 200, height: 200 });
    await testPicture(30, 20).png().toFile(source('tiny.png'));
    expect(await sharp(await thumbnail(source('tiny.png'))).metadata()).toMatchObject({ width: 30, height: 20 });
  });

  it('takes every kind of picture: of animations the first frame, of raw the preview, of drawings as large as wanted', async () => {
    await animation(source('moving.gif'), 90, 60);
    await animation(source('moving.webp'), 90, 60);
    await testPicture(90, 60).avif().toFile(source('still.avif'));
    await testPicture(90, 60).tiff().toFile(source('scan.tif'));
    makeRaw(source('photo.dng'), await testPicture(160, 120).jpeg().toBuffer(), await testPicture(600, 400).jpeg().toBuffer(), 1);
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="6"><rect width="9" height="6" fill="#dc0000"/></svg>';
    put('drawing.svg', svg);
    put('packed.svgz', gzipSync(svg));
    for (const name of ['moving.gif', 'moving.webp']) expect(colourName(await pixelAt(await thumbnail(source(name)), 0.5, 0.5))).toBe('red');
    for (const name of ['still.avif', 'scan.tif']) expect(colourName(await pixelAt(await thumbnail(source(name)), 0.9, 0.6))).toBe('blue');
    expect(await sharp(await thumbnail(source('photo.dng'))).metadata()).toMatchObject({ width: 320, height: 213 });
    for (const name of ['drawing.svg', 'packed.svgz']) expect(await sharp(await thumbnail(source(name))).metadata()).toMatchObject({ width: 320, height: 213 });
  });
});

describe('image_thumbnail of what was made to harm', () => {
  it('draws nothing into an SVG that its own bytes do not hold: no file, no host, no entity', async () => {
    await sharp({ create: { width: 40, height: 40, channels: 3, background: '#00dc00' } }).png().toFile(source('secret.png'));
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end(readFileSync(source('secret.png')));
    }).listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => server.once('listening', resolve));
      const address = server.address();
      const host = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
      const links = [`file://${source('secret.png')}`, source('secret.png'), 'secret.png', './secret.png', `${host}/a.png`];
      const parts = [
        ...links.flatMap((link) => [`<image href="${link}" width="40" height="40"/>`, `<image xlink:href="${link}" width="40" height="40"/>`, `<use href="${link}#a"/>`, `<style>rect { fill: url(${link}) #dc0000 } @import url("${link}");</style>`]),
        `<xi:include href="${source('secret.png')}" parse="text"/>`, `<foreignObject width="40" height="40"><img xmlns="http://www.w3.org/1999/xhtml" src="${host}/b.png"/></foreignObject>`, `<script href="${host}/c.js"/>`,
      ];
      for (const part of parts) {
        put('linked.svg', `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xi="http://www.w3.org/2001/XInclude" width="40" height="40"><rect width="40" height="40" fill="#dc0000"/>${part}</svg>`);
        expect(colourName(await pixelAt(await thumbnail(source('linked.svg')), 0.5, 0.5)), part).toBe('red');
      }
      put('entity.svg', `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY other SYSTEM "${host}/d.txt">]><svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text y="20">&other;</text></svg>`);
      await expect(thumbnail(source('entity.svg'))).rejects.toMatchObject({ code: 'INPUT_DAMAGED' });
      expect(asked).toBe(0);
    } finally {
      server.close();
    }
  });

  it('refuses drawings that grow without end', async () => {
    const entities = Array.from({ length: 12 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join('');
    put('laughs.svg', `<!DOCTYPE svg [<!ENTITY l0 "lol">${entities}]><svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text>&l12;</text></svg>`);
    const groups = Array.from({ length: 12 }, (_, at) => `<g id="a${at + 1}">${`<use href="#a${at}"/>`.repeat(10)}</g>`).join('');
    put('uses.svg', `<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><defs><g id="a0"><rect width="1" height="1"/></g>${groups}</defs><use href="#a12"/></svg>`);
    for (const name of ['laughs.svg', 'uses.svg']) await expect(thumbnail(source(name)), name).rejects.toMatchObject({ code: 'INPUT_NOT_ALLOWED', message: expect.stringContaining(name) });
    put('bomb.svgz', gzipSync(Buffer.alloc(40 << 20, 32)));
    await expect(thumbnail(source('bomb.svgz'))).rejects.toMatchObject({ code: 'INPUT_NOT_ALLOWED', message: expect.stringContaining('unpacks to more than 32 MB') });
  });

  it('refuses more than a gigapixel with a sentence before anything is unpacked', async () => {
    const before = process.memoryUsage.rss();
    put('bomb.png', hugePng(40_000, 40_000, 0));
    // Interlaced, it would have to be held as a whole.
    put('interlaced.png', hugePng(20_000, 20_000, 1));
    put('bomb.gif', Buffer.concat([Buffer.from('GIF89a'), Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0]), Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b])]));
    put('bomb.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="60000" height="60000"/>');
    for (const name of ['bomb.png', 'interlaced.png', 'bomb.gif', 'bomb.svg']) {
      await expect(thumbnail(source(name)), name).rejects.toMatchObject({ code: 'INPUT_NOT_ALLOWED', retryable: false, message: `${name} has more pixels than Longhaul unpacks (a thousand million; 250 million in formats that unpack as a whole). Make it smaller with the program that it comes from.` });
    }
    expect(process.memoryUsage.rss() - before).toBeLessThan(200e6);
  });

  it('says of a picture that was cut short that it was, and of anything else what it is', async () => {
    await testPicture(800, 600).jpeg().toFile(source('whole.jpg'));
    await testPicture(800, 600).png().toFile(source('whole.png'));
    for (const name of ['whole.jpg', 'whole.png']) {
      truncateSync(source(name), Math.floor(readFileSync(source(name)).length * 0.6));
      await expect(thumbnail(source(name)), name).rejects.toMatchObject({ code: 'INPUT_DAMAGED', message: `${name} is damaged or was cut short. Copy or download it again.` });
    }
    await expect(thumbnail(put('letter.jpg', 'Dear diary, this is no picture.'))).rejects.toMatchObject({ code: 'INPUT_NOT_MEDIA' });
    await expect(thumbnail(put('stub.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0])))).rejects.toMatchObject({ code: 'INPUT_DAMAGED' });
    makeRaw(source('empty.dng'), Buffer.alloc(200), Buffer.alloc(200), 1);
    await expect(thumbnail(source('empty.dng'))).rejects.toMatchObject({ code: 'INPUT_DAMAGED', message: expect.stringContaining('camera raw without a preview') });
  });

  it('survives a hundred damaged files: each gives a thumbnail or a sentence', async () => {
    await phonePhoto(200, 150, 6).toFile(source('a.jpg'));
    await testPicture(200, 150, true).png().toFile(source('a.png'));
    await testPicture(200, 150).webp().toFile(source('a.webp'));
    await animation(source('a.gif'), 60, 40);
    await testPicture(200, 150).tiff().toFile(source('a.tif'));
    await testPicture(200, 150).avif({ effort: 0 }).toFile(source('a.avif'));
    makeRaw(source('a.dng'), await testPicture(160, 120).jpeg().toBuffer(), await testPicture(300, 200).jpeg().toBuffer(), 1);
    put('a.svg', '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><g fill="#dc0000"><rect width="90" height="60"/></g></svg>');
    const names = ['a.jpg', 'a.png', 'a.webp', 'a.gif', 'a.tif', 'a.avif', 'a.dng', 'a.svg'];
    const outcomes = { made: 0, refused: 0 };
    for (let seed = 0; seed < 104; seed += 1) {
      const name = names[seed % names.length] ?? '';
      const path = put(`mutated-${name}`, mutated(source(name), seed + 1));
      if (readFileSync(path).length === 0) continue;
      await thumbnail(path, { size: 50 }).then(
        () => { outcomes.made += 1; },
        (error: unknown) => {
          expect(error, `${name}, seed ${seed}`).toMatchObject({ name: 'TaskError', code: expect.stringMatching(/^(INPUT_|TOOL_MISSING)/) });
          outcomes.refused += 1;
        },
      );
    }
    expect(outcomes.made).toBeGreaterThan(10);
    expect(outcomes.refused).toBeGreaterThan(10);
  }, 120_000);
});

/** A PNG that is small and says that it is not. */
function hugePng(width: number, height: number, interlace: number): Buffer {
  const chunk = (name: string, contents: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), contents]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(contents.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, interlace], 8);
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.alloc(1000))), chunk('IEND', Buffer.alloc(0))]);
}
