import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FileWindow } from '../../media/file-window.ts';
import { readImageHeader } from '../../media/image-header.ts';
import { boxesOf } from '../../media/image-header-iso.ts';
import { createTestTask } from '../test-context.ts';
import { colourName, pixelAt } from '../test-images.ts';
import { ffmpeg } from '../test-sources.ts';
import { handler } from './index.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-heic-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('makes a JPEG of a HEIC picture where a program on this system can decode it, and says what is missing where none can', async () => {
  const path = join(folder, 'IMG_1.heic');
  await makeHeic(path);
  expect(await readImageHeader(path)).toMatchObject({ format: 'heic', width: 320, height: 240 });
  const task = createTestTask(handler, { inputs: [path] });
  try {
    const result = await task.run().catch((error: unknown) => error);
    if (!(result instanceof Error)) {
      const output = join(folder, 'out.jpg');
      copyFileSync(join(task.outputDir, '.longhaul-1-1-0.part'), output);
      expect(await readImageHeader(output)).toMatchObject({ format: 'jpeg', width: 320, height: 240 });
      expect(colourName(await pixelAt(output, 0.5, 0.5))).toBe('red');
    } else {
      expect(result).toMatchObject({ code: 'TOOL_MISSING', message: expect.stringMatching(/^IMG_1\.heic is a HEIC picture, and no program on this system can decode it\. Install /), details: expect.stringContaining('ffmpeg') });
    }
    expect(existsSync(path)).toBe(true);
  } finally {
    task.dispose();
  }
});

/** One HEVC frame, in the boxes of ISO 23008-12 as cameras write them. */
async function makeHeic(path: string): Promise<void> {
  const film = join(folder, 'frame.mp4');
  ffmpeg(['-f', 'lavfi', '-i', 'color=red:s=320x240:r=1:d=1', '-frames:v', '1', '-c:v', 'libx265', '-x265-params', 'log-level=error', '-pix_fmt', 'yuv420p', '-tag:v', 'hvc1', film]);
  const file = readFileSync(film);
  const hvccAt = file.indexOf('hvcC', 0, 'latin1') - 4;
  const configuration = file.subarray(hvccAt, hvccAt + file.readUInt32BE(hvccAt));
  const media = await FileWindow.over(film, async (window) => (await boxesOf(window, 0, window.sizeBytes)).find(({ type }) => type === 'mdat'));
  const sample = file.subarray(media?.start, media?.end);
  const brands = box('ftyp', Buffer.from('heic\0\0\0\0mif1heic', 'latin1'));
  const build = (sampleAt: number): Buffer => full('meta', 0, Buffer.concat([
    full('hdlr', 0, Buffer.from('\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0', 'latin1')),
    full('pitm', 0, Buffer.from([0, 1])),
    full('iloc', 0, Buffer.concat([Buffer.from([0x44, 0, 0, 1, 0, 1, 0, 0, 0, 1]), number(sampleAt), number(sample.length)])),
    full('iinf', 0, Buffer.concat([Buffer.from([0, 1]), full('infe', 2, Buffer.from('\0\x01\0\0hvc1\0', 'latin1'))])),
    box('iprp', Buffer.concat([box('ipco', Buffer.concat([configuration, full('ispe', 0, Buffer.concat([number(320), number(240)]))])), full('ipma', 0, Buffer.from([0, 0, 0, 1, 0, 1, 2, 0x81, 2]))])),
  ]));
  const meta = build(brands.length + build(0).length + 8);
  writeFileSync(path, Buffer.concat([brands, meta, box('mdat', sample)]));
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function box(type: string, contents: Buffer): Buffer {
  return Buffer.concat([number(8 + contents.length), Buffer.from(type, 'latin1'), contents]);
}

function full(type: string, version: number, contents: Buffer): Buffer {
  return box(type, Buffer.concat([Buffer.from([version, 0, 0, 0]), contents]));
}
