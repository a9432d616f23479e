/**
 * Opens glTF 2.0 and GLB (Khronos, glTF 2.0 specification): its JSON, buffers and pictures, all of them here, so that nothing is left in it that could be
 * fetched; what it makes of them is left to three (meshes-gltf-scene.ts).
 */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from './display-name.ts';
import type { OpenedGltf } from './meshes-gltf-scene.ts';
import { damaged, MOST_WHOLE_BYTES, tooLarge, type Model, type Reading, type Texture } from './meshes-model.ts';
import { readNeighbour } from './meshes-neighbours.ts';
import { decodeTexture, MOST_TEXTURES, TEXTURE_LIMIT_BYTES } from './meshes-textures.ts';

const index = z.int().nonnegative();
const textureSource = z.looseObject({ source: index.optional() });
/** What has to be looked at before three may work on it. The rest is passed on as it is. */
const document = z.looseObject({
  asset: z.looseObject({ version: z.string() }),
  extensionsUsed: z.array(z.string()).optional(),
  buffers: z.array(z.looseObject({ byteLength: z.number().nonnegative(), uri: z.string().optional() })).max(4_096).optional(),
  bufferViews: z.array(z.looseObject({ buffer: index, byteOffset: z.number().nonnegative().optional(), byteLength: z.number().nonnegative(), extensions: z.record(z.string(), z.looseObject({ count: z.number().optional(), byteStride: z.number().optional() })).optional() })).optional(),
  accessors: z.array(z.looseObject({ count: z.number().nonnegative(), bufferView: index.optional() })).optional(),
  images: z.array(z.looseObject({ uri: z.string().optional(), bufferView: index.optional() })).optional(),
  textures: z.array(z.looseObject({ source: index.optional(), extensions: z.record(z.string(), textureSource).optional() })).optional(),
  nodes: z.array(z.looseObject({ children: z.array(index).optional() })).max(200_000).optional(),
});
type Document = z.infer<typeof document>;

const GLB_MAGIC = 0x4654_6c67;
const JSON_CHUNK = 0x4e4f_534a;
const BINARY_CHUNK = 0x004e_4942;
/** A scene of a hundred thousand nodes takes less. */
const JSON_LIMIT_BYTES = 64 * 1024 * 1024;
/** Of numbers that no buffer stands behind: they would be all zeros. */
const MOST_ACCESSOR_NUMBERS = 64_000_000;
const NUMBERS_PER_ELEMENT = 16;
/** Skeletons are some dozens deep. */
const DEPTH_LIMIT = 300;

export async function readGltf(reading: Reading): Promise<Model> {
  const opened = await openGltf(reading);
  const { sceneOf } = await import('./meshes-gltf-scene.ts');
  return await sceneOf(opened, reading);
}

async function openGltf(reading: Reading): Promise<OpenedGltf> {
  if (reading.sizeBytes > MOST_WHOLE_BYTES) throw tooLarge(reading.name, `${String(Math.round(reading.sizeBytes / 1e6))} MB`);
  const { json, binary } = chunksOf(await readFile(reading.path, { signal: reading.signal }), reading.name);
  const parsed = parse(json, reading.name);
  refuse(parsed, reading.name);
  const buffers = await readBuffers(parsed, binary, reading);
  const { textures, remarks } = await readTextures(parsed, buffers, reading);
  const { animations: _animations, images: _images, extensionsRequired: _required, ...rest } = parsed;
  const text = JSON.stringify({
    ...rest,
    buffers: parsed.buffers?.map(({ byteLength }) => ({ byteLength })),
    textures: parsed.textures?.map(() => ({})),
  });
  return { text, buffers, textures, remarks };
}

/** GLB: a header of twelve bytes, then chunks with their length and kind. */
function chunksOf(bytes: Buffer, name: string): { json: Buffer; binary: Buffer | null } {
  if (bytes.length < 20 || bytes.readUInt32LE(0) !== GLB_MAGIC) return { json: bytes, binary: null };
  if (bytes.readUInt32LE(8) > bytes.length) throw damaged(name, `it should have ${String(bytes.readUInt32LE(8))} bytes and has ${String(bytes.length)}`);
  let json: Buffer | null = null;
  let binary: Buffer | null = null;
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32LE(at);
    const kind = bytes.readUInt32LE(at + 4);
    if (at + 8 + length > bytes.length) throw damaged(name, 'one of its chunks ends after the file');
    const chunk = bytes.subarray(at + 8, at + 8 + length);
    if (kind === JSON_CHUNK) json ??= chunk;
    if (kind === BINARY_CHUNK) binary ??= chunk;
    at += 8 + length;
  }
  if (json === null) throw damaged(name, 'it has no description of a scene');
  return { json, binary };
}

function parse(json: Buffer, name: string): Document {
  if (json.length > JSON_LIMIT_BYTES) throw tooLarge(name, `a description of ${String(Math.round(json.length / 1e6))} MB`);
  let value: unknown;
  try {
    value = JSON.parse(json.toString('utf8').replace(/^\ufeff/, ''));
  } catch (cause) {
    throw damaged(name, 'its JSON can\'t be read', cause);
  }
  const result = document.safeParse(value);
  if (!result.success) throw damaged(name, 'its JSON is not that of a glTF scene', result.error);
  if (!result.data.asset.version.startsWith('2')) throw new TaskError('INPUT_NOT_MEDIA', `${name} is glTF ${displayName(result.data.asset.version)}, which is not read any more. Export it again as glTF 2.0.`);
  return result.data;
}

/** What would fill the memory, or never end. */
function refuse({ accessors = [], bufferViews = [], nodes = [], extensionsUsed = [] }: Document, name: string): void {
  if (extensionsUsed.includes('KHR_draco_mesh_compression')) throw new TaskError('INPUT_NOT_MEDIA', `${name} is packed with Draco, which Longhaul does not unpack. Export it again without mesh compression, or with Meshopt.`);
  const numbers = accessors.reduce((sum, { count, bufferView }) => sum + (bufferView === undefined ? count * NUMBERS_PER_ELEMENT : count), 0);
  const packed = bufferViews.flatMap(({ extensions = {} }) => Object.values(extensions)).reduce((sum, { count = 0, byteStride = 1 }) => sum + count * byteStride, 0);
  if (numbers > MOST_ACCESSOR_NUMBERS || packed > MOST_WHOLE_BYTES) throw tooLarge(name, 'more numbers');
  const parents = new Int32Array(nodes.length).fill(-1);
  for (const [parent, { children = [] }] of nodes.entries()) {
    for (const child of children) {
      if (child >= nodes.length || parents[child] !== -1) throw damaged(name, 'its nodes are no tree');
      parents[child] = parent;
    }
  }
  for (let node = 0; node < nodes.length; node += 1) {
    let depth = 0;
    for (let at = node; at >= 0; at = parents[at] ?? -1) {
      depth += 1;
      if (depth > DEPTH_LIMIT) throw damaged(name, 'its nodes are a circle, or nested more deeply than any real scene');
    }
  }
}

async function readBuffers({ buffers = [] }: Document, binary: Buffer | null, { path, name, signal }: Reading): Promise<ArrayBuffer[]> {
  const read: ArrayBuffer[] = [];
  let left = MOST_WHOLE_BYTES;
  for (const [at, { uri, byteLength }] of buffers.entries()) {
    signal.throwIfAborted();
    const bytes = uri === undefined ? (at === 0 ? binary : null) : dataOf(uri);
    const found = bytes === null && uri !== undefined ? await readNeighbour(path, decoded(uri), left) : null;
    if (found?.kind === 'refused') throw new TaskError('INPUT_DAMAGED', `${name} needs the file ${displayName(decoded(uri ?? ''))}, which ${found.why}. Put it beside the model, or export the model as one GLB file.`);
    const whole = found?.bytes ?? bytes;
    if (whole === null || whole.length < byteLength) throw damaged(name, 'one of its buffers is shorter than it should be');
    left -= whole.length;
    if (left < 0) throw tooLarge(name, 'buffers of more than 500 MB');
    // A copy of its own, as what is read of it has to begin at even places.
    read.push(Uint8Array.from(whole).buffer);
  }
  return read;
}

async function readTextures({ textures = [], images = [], bufferViews = [] }: Document, buffers: readonly ArrayBuffer[], reading: Reading): Promise<{ textures: (Texture | null)[]; remarks: string[] }> {
  const remarks = new Set<string>();
  const known = new Map<number, Texture | null>();
  const all: (Texture | null)[] = [];
  for (const { source, extensions = {} } of textures) {
    reading.signal.throwIfAborted();
    const wanted = source ?? Object.values(extensions).find((extension) => extension.source !== undefined)?.source ?? -1;
    const image = images[wanted];
    if (!known.has(wanted) && known.size < MOST_TEXTURES) {
      const read = image === undefined ? 'is not there' : await imageBytes(image, bufferViews, buffers, reading.path);
      const texture = typeof read === 'string' ? null : await decodeTexture(read, Math.min(MOST_TEXTURES, images.length));
      if (texture === null) remarks.add(`${image?.uri === undefined || image.uri.startsWith('data:') ? 'A texture' : `The texture ${displayName(decoded(image.uri))}`} is left out: it ${typeof read === 'string' ? read : 'is no PNG or JPEG that can be read'}.`);
      known.set(wanted, texture);
    }
    all.push(known.get(wanted) ?? null);
  }
  return { textures: all, remarks: [...remarks] };
}

/** Why not, where they can't be had. */
async function imageBytes({ uri, bufferView }: { uri?: string | undefined; bufferView?: number | undefined }, bufferViews: NonNullable<Document['bufferViews']>, buffers: readonly ArrayBuffer[], path: string): Promise<Buffer | string> {
  if (uri !== undefined) {
    const own = dataOf(uri);
    if (own !== null) return own;
    const found = await readNeighbour(path, decoded(uri), TEXTURE_LIMIT_BYTES);
    return found.kind === 'found' ? found.bytes : found.why;
  }
  const view = bufferViews[bufferView ?? -1];
  const buffer = buffers[view?.buffer ?? -1];
  if (view === undefined || buffer === undefined) return 'is not there';
  return Buffer.from(buffer).subarray(view.byteOffset ?? 0, (view.byteOffset ?? 0) + view.byteLength);
}

/** Null: it is no data address (RFC 2397). */
function dataOf(uri: string): Buffer | null {
  const head = /^data:[^,]{0,200},/i.exec(uri)?.[0];
  if (head === undefined) return null;
  const body = uri.slice(head.length);
  return /;base64,$/i.test(head) ? Buffer.from(body, 'base64') : Buffer.from(decoded(body), 'latin1');
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}
