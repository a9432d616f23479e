import { createServer, type Server } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TaskError } from '../../../../shared/errors.ts';
import { createTestTask } from '../test-context.ts';
import { handler } from './index.ts';
import { binaryStl, BOX_MATERIALS, boxTriangles, glb, glbOf, gltf, gltfParts, obj, ply, texturedObj, textStl, threeMf, writeModel } from './test-models.ts';

let root = '';
/** The models' folder, with things beside it that are none of their business. */
let folder = '';
let texture: Buffer;
let server: Server;
let base = '';
let requests = 0;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'longhaul-hostile-models-'));
  folder = join(root, 'models');
  mkdirSync(folder);
  texture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#ff0000' } }).png().toBuffer();
  writeFileSync(join(root, 'secret.png'), texture);
  writeFileSync(join(root, 'secret.mtl'), BOX_MATERIALS);
  writeFileSync(join(root, 'secret.bin'), gltfParts(texture).binary);
  server = createServer((_, response) => {
    requests += 1;
    response.end(texture);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  base = `http://127.0.0.1:${String(address.port)}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true, force: true });
});

const SMALL = { what: ['still'], width: 64, height: 64 };

/** Warnings where it goes well; the error where it does not. */
async function outcome(name: string, bytes: Buffer, options: Record<string, unknown> = SMALL): Promise<readonly string[] | TaskError> {
  const task = createTestTask(handler, { inputs: [writeModel(join(folder, name), bytes)], options });
  try {
    await task.run();
    return task.warnings;
  } catch (error) {
    if (error instanceof TaskError) return error;
    throw error;
  } finally {
    task.dispose();
  }
}

async function refusal(name: string, bytes: Buffer): Promise<string> {
  const result = await outcome(name, bytes);
  if (!(result instanceof TaskError)) throw new Error(`${name} was taken.`);
  // Which file, what about it, and what to do.
  expect(result.message).toContain(name);
  expect(result.message).toMatch(/[.;] [A-Z][a-z]+ .*\.$/);
  expect(result.retryable).toBe(false);
  return result.code;
}

const withCount = (count: number): Buffer => {
  const bytes = binaryStl(boxTriangles());
  bytes.writeUInt32LE(count, 80);
  return bytes;
};
const replaced = (bytes: Buffer, from: string, to: string): Buffer => Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
const changed = (change: (json: Record<string, unknown>) => Record<string, unknown>): Buffer => {
  const { json, binary } = gltfParts(texture);
  return glbOf(change(json), binary);
};

describe('a broken model is refused with a sentence, before it costs memory:', () => {
  it.each<[string, string, () => Buffer]>([
    ['billions.stl', 'INPUT_DAMAGED', () => withCount(4_294_967_295)], ['none.stl', 'INPUT_NO_STREAM', () => withCount(0)], ['short.stl', 'INPUT_DAMAGED', () => binaryStl(boxTriangles()).subarray(0, 300)],
    ['stub.stl', 'INPUT_NOT_MEDIA', () => Buffer.from([0, 1, 2, 3])], ['half.stl', 'INPUT_DAMAGED', () => textStl(boxTriangles()).subarray(0, 500)], ['empty-solid.stl', 'INPUT_NO_STREAM', () => Buffer.from('solid nothing\nendsolid nothing\n')],
    ['point.stl', 'INPUT_NO_STREAM', () => binaryStl([[[1, 1, 1], [1, 1, 1], [1, 1, 1]]])], ['line.stl', 'INPUT_NO_STREAM', () => binaryStl([[[0, 0, 0], [1, 1, 1], [2, 2, 2]]])],
    ['nan.stl', 'INPUT_DAMAGED', () => binaryStl([[[NaN, 0, 0], [1, NaN, 0], [0, 1, Infinity]]])],
    ['many.ply', 'INPUT_DAMAGED', () => replaced(ply('binary_little_endian'), 'element vertex 24', 'element vertex 4000000000')], ['endless.ply', 'INPUT_DAMAGED', () => Buffer.from('ply\nformat ascii 1.0\nelement nothing 4000000000\nend_header\n')],
    ['short.ply', 'INPUT_DAMAGED', () => ply('binary_big_endian').subarray(0, -20)], ['list.ply', 'INPUT_DAMAGED', () => replaced(ply('ascii'), '\n4 0 1 2 3', '\n4000000000 0 1 2 3')], ['headless.ply', 'INPUT_DAMAGED', () => Buffer.from('ply\nformat ascii 1.0\n')],
    ['cloud.ply', 'INPUT_NO_STREAM', () => Buffer.from('ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\nend_header\n1 2 3\n')],
    ['faceless.obj', 'INPUT_NO_STREAM', () => Buffer.from('v 0 0 0\nv 1 0 0\n')], ['astray.obj', 'INPUT_DAMAGED', () => Buffer.from('v 0 0 0\nf 1 2 3\nf 7 8 -9\n')],
    ['chunk.glb', 'INPUT_DAMAGED', () => glb(texture).subarray(0, 200)], ['words.gltf', 'INPUT_DAMAGED', () => Buffer.from('{ "asset": ')], ['old.gltf', 'INPUT_NOT_MEDIA', () => Buffer.from('{"asset":{"version":"1.0"}}')],
    ['circle.glb', 'INPUT_DAMAGED', () => changed((json) => ({ ...json, nodes: [{ children: [1] }, { children: [0], mesh: 0 }] }))], ['itself.glb', 'INPUT_DAMAGED', () => changed((json) => ({ ...json, nodes: [{ children: [0], mesh: 0 }] }))],
    ['zeros.glb', 'INPUT_NOT_ALLOWED', () => changed((json) => ({ ...json, accessors: [{ componentType: 5126, count: 4e9, type: 'VEC3' }] }))],
    ['beyond.glb', 'INPUT_DAMAGED', () => changed((json) => ({ ...json, bufferViews: [{ buffer: 0, byteOffset: 1e9, byteLength: 48 }] }))], ['draco.glb', 'INPUT_NOT_MEDIA', () => changed((json) => ({ ...json, extensionsUsed: ['KHR_draco_mesh_compression'] }))],
    ['bare.glb', 'INPUT_NO_STREAM', () => changed((json) => ({ ...json, nodes: [{}, {}] }))],
    ['broken.3mf', 'INPUT_DAMAGED', () => threeMf().subarray(0, 400)], ['empty.3mf', 'INPUT_NO_STREAM', () => threeMf('<model><resources/><build/></model>')],
    ['entities.3mf', 'INPUT_NOT_ALLOWED', () => threeMf('<!DOCTYPE m [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><model unit="&b;"/>')],
    ['endless.3mf', 'INPUT_NOT_ALLOWED', () => threeMf('<model><resources><object id="1"><components><component objectid="1"/></components></object></resources><build><item objectid="1"/></build></model>')],
    ['doubling.3mf', 'INPUT_NOT_ALLOWED', () => threeMf(`<model><resources><object id="0"><mesh><vertices/><triangles/></mesh></object>${Array.from({ length: 30 }, (_, at) => `<object id="${String(at + 1)}"><components><component objectid="${String(at)}"/><component objectid="${String(at)}"/></components></object>`).join('')}</resources><build><item objectid="30"/></build></model>`)],
    ['bomb.3mf', 'INPUT_NOT_ALLOWED', () => Buffer.from(zipSync({ '3D/3dmodel.model': Buffer.alloc(80 * 1024 * 1024, ' ') }, { level: 9 }))],
    ['disguised.stl', 'INPUT_NOT_MEDIA', () => Buffer.from('This was never a model.\n'.repeat(50))],
  ])('%s (%s)', async (name, code, bytes) => {
    expect(await refusal(name, bytes())).toBe(code);
  }, 30_000);

  it('leaves out single triangles without a place, and says so', async () => {
    const triangles = boxTriangles();
    triangles.push([[NaN, 0, 0], [1, 0, 0], [0, 1, 0]], [[1e30, 0, 0], [1, 0, 0], [0, 1, 0]]);
    expect(await outcome('partly.stl', binaryStl(triangles))).toEqual(['2 triangles have corners that are no places or are not there, and are left out.']);
  });

  it('takes what is tiny, huge or far away', async () => {
    for (const [name, scale, away] of [['tiny.stl', 1e-12, 0], ['huge.stl', 1e10, 0], ['far.stl', 1, 1e5]] as const) {
      expect(await outcome(name, binaryStl(boxTriangles().map(([a, b, c]) => [a, b, c].map(([x, y, z]) => [x * scale + away, y * scale, z * scale] as const)).map(([a = [0, 0, 0], b = [0, 0, 0], c = [0, 0, 0]]) => [a, b, c] as const)))).toEqual([]);
    }
  });
});

describe('what a model names', () => {
  it('is never asked of the network', async () => {
    const { text } = gltf(texture, { imageUri: `${base}/texture.png` });
    expect(await outcome('texture.gltf', text)).toEqual([expect.stringContaining('is an address on the network')]);
    expect(await refusal('buffer.gltf', gltf(texture, { bufferUri: `${base}/quad.bin` }).text)).toBe('INPUT_DAMAGED');
    const quad = texturedObj(`${base}/texture.png`);
    writeFileSync(join(folder, 'quad.mtl'), quad.mtl);
    expect(await outcome('texture.obj', quad.obj)).toEqual([expect.stringContaining('is an address on the network')]);
    expect(await outcome('library.obj', obj(`${base}/box.mtl`))).toEqual([expect.stringContaining('is an address on the network')]);
    expect(await outcome('share.obj', obj(`//127.0.0.1/box.mtl`))).toEqual([expect.stringContaining('is an address on the network')]);
    expect(requests).toBe(0);
    // The server does answer who asks.
    expect((await fetch(base)).status).toBe(200);
    expect(requests).toBe(1);
  });

  it('is never read from outside its folder, not by dots, by whole paths, nor through links', async () => {
    symlinkSync(join(root, 'secret.mtl'), join(folder, 'link.mtl'));
    symlinkSync(root, join(folder, 'up'));
    for (const name of ['../secret.mtl', 'x/../../secret.mtl', '..\\secret.mtl', join(root, 'secret.mtl'), 'C:\\secret.mtl', 'link.mtl', 'up/secret.mtl', 'file:///etc/passwd']) {
      expect(await outcome('outside.obj', obj(name)), name).toEqual([expect.stringMatching(/lies outside|another machine|network/)]);
    }
    for (const uri of ['../secret.bin', '%2e%2e/secret.bin', encodeURI(join(root, 'secret.bin'))]) expect(await refusal('outside.gltf', gltf(texture, { bufferUri: uri }).text), uri).toBe('INPUT_DAMAGED');
    expect(await outcome('picture.gltf', gltf(texture, { imageUri: '../secret.png' }).text)).toEqual([expect.stringContaining('lies outside the folder')]);
  });

  it('is left out where it is missing or no picture, and the task says so', async () => {
    const quad = texturedObj('gone.png');
    writeFileSync(join(folder, 'quad.mtl'), quad.mtl);
    expect(await outcome('gone.obj', quad.obj)).toEqual([expect.stringContaining('gone.png is left out')]);
    const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"><image href="${base}/x.png"/></svg>`);
    const before = requests;
    expect(await outcome('svg.glb', glb(svg))).toEqual([expect.stringContaining('no PNG or JPEG')]);
    expect(requests).toBe(before);
  });
});

describe('mutated files', () => {
  /** Park and Miller's minimal standard generator: the same files each time. */
  function* randomNumbers(): Generator<number, number> {
    for (let state = 48_271; ; state = (state * 48_271) % 2_147_483_647) yield state / 2_147_483_647;
  }

  it('are drawn or refused by name, and no worker falls over: fifteen times each of eight, or LONGHAUL_MUTATION_ROUNDS times', async () => {
    const random = randomNumbers();
    const next = (limit: number): number => Math.floor(random.next().value * limit);
    writeFileSync(join(folder, 'box.mtl'), BOX_MATERIALS);
    const seeds: [string, Buffer][] = [['m.stl', binaryStl(boxTriangles())], ['t.stl', textStl(boxTriangles())], ['a.ply', ply('ascii')], ['b.ply', ply('binary_little_endian')], ['m.obj', obj()], ['m.glb', glb(texture)], ['m.gltf', gltf(texture).text], ['m.3mf', threeMf()]];
    const ROUNDS = Number(process.env['LONGHAUL_MUTATION_ROUNDS'] ?? 15);
    const seen = { drawn: 0, refused: 0 };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, bytes] of seeds) {
        const mutated = Buffer.from(bytes);
        for (let count = 1 + next(6); count > 0; count -= 1) mutated[next(mutated.length)] = next(256);
        if (next(4) === 0) mutated.fill(next(2) * 255, next(mutated.length), next(mutated.length));
        const result = await outcome(name, next(5) === 0 ? mutated.subarray(0, 1 + next(mutated.length)) : mutated);
        if (result instanceof TaskError) {
          expect(result.code).toMatch(/^INPUT_/);
          expect(result.message).toContain(name);
          seen.refused += 1;
        } else seen.drawn += 1;
      }
    }
    expect(seen.drawn + seen.refused).toBe(ROUNDS * seeds.length);
    expect(Math.min(seen.drawn, seen.refused)).toBeGreaterThan(10);
  }, 600_000);
});
