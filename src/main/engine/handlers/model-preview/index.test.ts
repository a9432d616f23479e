import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createTestTask } from '../test-context.ts';
import { testTools } from '../test-tools.ts';
import { handler } from './index.ts';
import { binaryStl, BOX_MATERIALS, BOX_SIZE, boxTriangles, glb, glbOf, gltf, gltfParts, obj, ply, sphereTriangles, texturedObj, textStl, threeMf, writeModel } from './test-models.ts';

let folder = '';
/** Upper half red, lower half green. */
let texture: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-models-'));
  const data = Buffer.alloc(64 * 64 * 3);
  for (let at = 0; at < 64 * 64; at += 1) data[at * 3 + (at < 64 * 32 ? 0 : 1)] = 255;
  texture = await sharp(data, { raw: { width: 64, height: 64, channels: 3 } }).png().toBuffer();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const source = (name: string, bytes: Buffer): string => writeModel(join(folder, name), bytes);

interface Made {
  readonly files: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/** Runs a whole attempt and keeps its outputs, by the names that they get. */
async function preview(input: string, options: Record<string, unknown>): Promise<Made> {
  const task = createTestTask(handler, { inputs: [input], options });
  try {
    const files = new Map<string, string>();
    for (const { tempPath, fileName } of await task.run()) {
      const kept = join(mkdtempSync(join(folder, 'out-')), fileName);
      copyFileSync(tempPath, kept);
      files.set(fileName, kept);
    }
    return { files, warnings: task.warnings };
  } finally {
    task.dispose();
  }
}

async function pixels(path: string): Promise<{ width: number; height: number; at: (x: number, y: number) => [number, number, number, number] }> {
  const { data, info } = await sharp(path).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    width: info.width, height: info.height,
    at: (x, y) => {
      const from = (Math.round(y * (info.height - 1)) * info.width + Math.round(x * (info.width - 1))) * 4;
      return [data[from] ?? 0, data[from + 1] ?? 0, data[from + 2] ?? 0, data[from + 3] ?? 0];
    },
  };
}

/** Which of the main colours a pixel has most clearly, if one. */
function hue([red, green, blue]: readonly number[]): string {
  const channels = [red ?? 0, green ?? 0, blue ?? 0];
  const [most, least] = [Math.max(...channels), Math.min(...channels)];
  if (most - least < 60) return 'grey';
  return channels.map((value, index) => (value > (most + least) / 2 ? 'rgb'[index] : '')).join('');
}

const figures = z.object({ unit: z.string().nullable(), up: z.string(), triangles: z.number(), vertices: z.number(), size: z.object({ x: z.number(), y: z.number(), z: z.number() }), surfaceArea: z.number(), materials: z.array(z.object({ name: z.string(), colour: z.string().nullable(), hasTexture: z.boolean() })), remarks: z.array(z.string()) });
const dataOf = ({ files }: Made): z.infer<typeof figures> => figures.parse(JSON.parse(readFileSync([...files].find(([name]) => name.endsWith('.json'))?.[1] ?? '', 'utf8')));
const only = ({ files }: Made): string => [...files.values()][0] ?? '';
/** From the front, upright on. */
const FRONT = { what: ['still', 'data'], azimuth: 0, elevation: 0, width: 300, height: 300, format: 'png' } as const;

describe('model_preview reads', () => {
  const box = () => boxTriangles();
  it.each([
    ['box.stl', (): Buffer => binaryStl(box())], ['solid.stl', (): Buffer => binaryStl(box(), 'solid though it is binary')], ['text.stl', (): Buffer => textStl(box())],
    ['ascii.ply', (): Buffer => ply('ascii')], ['little.ply', (): Buffer => ply('binary_little_endian')], ['big.ply', (): Buffer => ply('binary_big_endian')],
  ])('%s to the last digit, upright on Z', async (name, bytes) => {
    const made = await preview(source(name, bytes()), FRONT);
    const { x, y, z: high } = BOX_SIZE;
    expect(dataOf(made)).toMatchObject({ unit: null, up: 'z', triangles: 12, size: BOX_SIZE, surfaceArea: 2 * (x * y + x * high + y * high), remarks: [] });
    const picture = await pixels(only(made));
    // Forty wide and sixty high: it fills the height and two thirds of the width.
    expect(hue(picture.at(0.5, 0.5))).toBe(name.endsWith('.ply') ? 'r' : 'grey');
    const background = picture.at(0.02, 0.5);
    expect(picture.at(0.5, 0.14)).not.toEqual(picture.at(0.02, 0.14));
    expect(picture.at(0.14, 0.5)).toEqual(background);
  });

  it('OBJ with its materials, upright on Y', async () => {
    writeFileSync(join(folder, 'box.mtl'), BOX_MATERIALS);
    const path = source('box.obj', obj());
    const made = await preview(path, FRONT);
    expect(dataOf(made)).toMatchObject({ up: 'y', triangles: 12, vertices: 24, size: { x: 40, y: 60, z: 20 }, materials: [{ name: 'front', colour: '#ff0000' }, { name: 'rest', colour: '#0000ff' }] });
    expect(hue((await pixels(only(made))).at(0.5, 0.5))).toBe('r');
    expect(hue((await pixels(only(await preview(path, { ...FRONT, azimuth: 180 })))).at(0.5, 0.5))).toBe('b');
  });

  it('a texture the right way up, in OBJ, glTF and GLB, and from files beside the model', async () => {
    writeFileSync(join(folder, 'texture.png'), texture);
    const quad = texturedObj();
    writeFileSync(join(folder, 'quad.mtl'), quad.mtl);
    const beside = gltf(texture, { bufferUri: 'my%20quad.bin', imageUri: 'texture.png' });
    writeFileSync(join(folder, 'my quad.bin'), beside.binary);
    for (const path of [source('quad.obj', quad.obj), source('quad.glb', glb(texture)), source('inside.gltf', gltf(texture).text), source('beside.gltf', beside.text)]) {
      const made = await preview(path, FRONT);
      expect(dataOf(made), path).toMatchObject({ triangles: 2, materials: [{ name: 'picture', hasTexture: true }], remarks: [] });
      const picture = await pixels(only(made));
      expect([hue(picture.at(0.5, 0.25)), hue(picture.at(0.5, 0.75))], path).toEqual(['r', 'g']);
    }
  });

  it('glTF where its nodes put it, with the holes that its texture cuts', async () => {
    const half = await sharp({ create: { width: 32, height: 32, channels: 4, background: { r: 0, g: 0, b: 255, alpha: 1 } } })
      .composite([{ input: { create: { width: 32, height: 16, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 1 } } }, left: 0, top: 0, blend: 'dest-out' }]).png().toBuffer();
    const { json, binary } = gltfParts(half);
    const [material] = z.array(z.looseObject({})).parse(json['materials']);
    const turned = { ...json, nodes: [{ translation: [5, 0, 0], scale: [2, 2, 2], children: [1] }, { mesh: 0 }], materials: [{ ...material, alphaMode: 'MASK', alphaCutoff: 0.5 }] };
    const made = await preview(source('holes.glb', glbOf(turned, binary)), { ...FRONT, background: 'transparent', shadow: false });
    expect(JSON.parse(readFileSync(made.files.get('holes.data.json') ?? '', 'utf8'))).toMatchObject({ unit: 'metre', bounds: { min: [3, 0, 0], max: [7, 4, 0] }, surfaceArea: 16 });
    const picture = await pixels(only(made));
    expect(picture.at(0.5, 0.3)[3]).toBe(0);
    expect(hue(picture.at(0.5, 0.7))).toBe('b');
  });

  it('3MF with its unit, its colours and parts that are built twice', async () => {
    const made = await preview(source('boxes.3mf', threeMf()), FRONT);
    expect(dataOf(made)).toMatchObject({ unit: 'inch', triangles: 24, size: { x: 100, y: 20, z: 60 }, materials: [{ name: 'White', colour: '#ffffff' }, { name: 'Red', colour: '#ff0000' }] });
    const picture = await pixels(only(made));
    expect([0.25, 0.5, 0.75].map((x) => hue(picture.at(x, 0.5)))).toEqual(['r', 'grey', 'r']);
  });
});

describe('model_preview draws', () => {
  it('a sphere as a circle that is lit from the upper left', async () => {
    const made = await preview(source('sphere.stl', binaryStl(sphereTriangles(10, 48))), { ...FRONT, background: 'transparent', shadow: false });
    const picture = await pixels(only(made));
    let covered = 0;
    for (let y = 0; y < 300; y += 1) for (let x = 0; x < 300; x += 1) if (picture.at(x / 299, y / 299)[3] > 127) covered += 1;
    // Eight tenths of the height is its diameter.
    expect(covered / (Math.PI * 120 ** 2)).toBeCloseTo(1, 1);
    const bright = (x: number, y: number): number => picture.at(x, y).slice(0, 3).reduce((sum, value) => sum + value, 0);
    expect(bright(0.4, 0.35)).toBeGreaterThan(bright(0.65, 0.75) + 60);
    expect(picture.at(0.05, 0.05)[3]).toBe(0);
  });

  it('the same bytes each time', async () => {
    const path = source('again.stl', binaryStl(sphereTriangles(10, 24)));
    const bytes = async (): Promise<Buffer> => readFileSync(only(await preview(path, { what: ['still'], width: 320, height: 240, format: 'png' })));
    expect((await bytes()).equals(await bytes())).toBe(true);
  });

  it('another axis upwards and another colour when asked to', async () => {
    const made = await preview(source('lying.stl', binaryStl(boxTriangles())), { ...FRONT, up: 'y', colour: '#20c040' });
    const picture = await pixels(only(made));
    expect(hue(picture.at(0.5, 0.5))).toBe('g');
    // Forty wide and twenty high now.
    expect(picture.at(0.5, 0.2)).toEqual(picture.at(0.02, 0.2));
  });

  it('a large picture in stripes without a seam', async () => {
    const path = source('wide.stl', binaryStl(sphereTriangles(10, 32)));
    const large = await pixels(only(await preview(path, { ...FRONT, width: 2_080, height: 1_920, background: '#ffffff', shadow: false })));
    const small = await pixels(only(await preview(path, { ...FRONT, width: 260, height: 240, background: '#ffffff', shadow: false })));
    for (let y = 0.05; y < 1; y += 0.05) for (const x of [0.3, 0.5, 0.7]) expect(Math.abs(large.at(x, y)[0] - small.at(x, y)[0]), `${x} ${y}`).toBeLessThan(24);
  }, 60_000);

  it('six sides on a sheet, each where it belongs', async () => {
    const made = await preview(source('sides.ply', ply('ascii')), { what: ['sides'], cellSize: 200, format: 'png' });
    expect([...made.files.keys()]).toEqual(['sides.sides.png']);
    const { at, width, height } = await pixels(only(made));
    const rows = [(40 + 100) / height, (40 + 200 + 18 + 8 + 100) / height];
    expect(rows.flatMap((y) => [0, 1, 2].map((column) => hue(at((8 + 100 + column * 208) / width, y))))).toEqual(['r', 'g', 'b', 'rg', 'gb', 'rb']);
  });

  it('what is seen through over what is behind it', async () => {
    writeFileSync(join(folder, 'glass.mtl'), 'newmtl glass\nKd 0 0 1\nd 0.5\nnewmtl wall\nKd 1 0 0\n');
    const path = source('glass.obj', Buffer.from('mtllib glass.mtl\nv -1 -1 1\nv 1 -1 1\nv 1 1 1\nv -1 1 1\nv -1 -1 0\nv 1 -1 0\nv 1 1 0\nv -1 1 0\nusemtl glass\nf 1 2 3 4\nusemtl wall\nf 5 6 7 8\n'));
    const [red, , blue] = (await pixels(only(await preview(path, FRONT)))).at(0.5, 0.5);
    expect(red).toBeGreaterThan(60);
    expect(blue).toBeGreaterThan(60);
  });
});

describe('model_preview turns', () => {
  it('as MP4 and as WebP, with every frame, once around', async () => {
    const path = source('turn.ply', ply('binary_little_endian'));
    const turn = { what: ['turntable'], turntableSize: 97, seconds: 1.2, framesPerSecond: 10, azimuth: 0, elevation: 10 };
    const film = only(await preview(path, turn));
    const entries = execFileSync(testTools().ffprobePath, ['-v', 'error', '-count_frames', '-show_entries', 'stream=codec_name,width,height,nb_read_frames,r_frame_rate,pix_fmt', '-of', 'default=nw=1', film], { encoding: 'utf8' });
    expect(entries).toContain('codec_name=h264\nwidth=96\nheight=96\npix_fmt=yuv420p\nr_frame_rate=10/1\nnb_read_frames=12');
    const frames = execFileSync(testTools().ffmpegPath, ['-v', 'error', '-i', film, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-'], { maxBuffer: 1 << 24 });
    const middle = (frame: number): string => hue([...frames.subarray(frame * 96 * 96 * 3 + (48 * 96 + 48) * 3, frame * 96 * 96 * 3 + (48 * 96 + 48) * 3 + 3)]);
    // It turns to the right, so the left side comes after the front.
    expect([0, 3, 6, 9].map(middle)).toEqual(['r', 'rg', 'b', 'g']);
    const { pages, delay, pageHeight, width } = await sharp(only(await preview(path, { ...turn, turntableFormat: 'webp' })), { pages: -1 }).metadata();
    expect({ pages, pageHeight, width, total: delay?.reduce((sum, ms) => sum + ms, 0) }).toEqual({ pages: 12, pageHeight: 96, width: 96, total: 1_200 });
  }, 60_000);
});
