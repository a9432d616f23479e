/**
 * Reads PLY (Greg Turk, The PLY Polygon File Format, 1994), text and binary of both byte orders. By a reader of our own: three's PLYLoader runs as many
 * times as the header claims, whatever the file holds.
 */
import { readFile } from 'node:fs/promises';
import { ByteList, FloatList, IndexList } from './meshes-lists.ts';
import { damaged, isPlace, leftOutRemark, MOST_TRIANGLES, MOST_VERTICES, MOST_WHOLE_BYTES, nothingIn, PLAIN_MATERIAL, tooLarge, type Model, type Reading } from './meshes-model.ts';

type Kind = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'float64';
interface Property {
  readonly name: string;
  readonly kind: Kind;
  /** Of the number before a list; null: it is no list. */
  readonly count: Kind | null;
}
interface Element {
  readonly name: string;
  readonly count: number;
  readonly properties: readonly Property[];
}
interface Header {
  readonly encoding: 'ascii' | 'binary_little_endian' | 'binary_big_endian';
  readonly elements: readonly Element[];
  readonly bytes: number;
}

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['char', 'int8'], ['int8', 'int8'], ['uchar', 'uint8'], ['uint8', 'uint8'], ['short', 'int16'], ['int16', 'int16'], ['ushort', 'uint16'], ['uint16', 'uint16'],
  ['int', 'int32'], ['int32', 'int32'], ['uint', 'uint32'], ['uint32', 'uint32'], ['float', 'float32'], ['float32', 'float32'], ['double', 'float64'], ['float64', 'float64'],
]);
const KIND_BYTES: Readonly<Record<Kind, number>> = { int8: 1, uint8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, float32: 4, float64: 8 };
/** Headers are some hundred bytes; comments may be long. */
const HEADER_LIMIT_BYTES = 1 << 18;
/** A polygon has fewer corners. */
const CORNERS_LIMIT = 100_000;
/** Elements between two looks at whether to stop. */
const AT_ONCE = 100_000;

/** Gives the numbers of the body one after another, whatever they are written as. Throws RangeError at the end. */
type Next = (kind: Kind) => number;

export async function readPly(reading: Reading): Promise<Model> {
  const { name, sizeBytes, path, signal } = reading;
  if (sizeBytes > MOST_WHOLE_BYTES) throw tooLarge(name, `${String(Math.round(sizeBytes / 1e6))} MB`);
  const bytes = await readFile(path, { signal });
  const header = headerOf(bytes, name);
  requireRoom(header, bytes.length - header.bytes, name);
  const next = header.encoding === 'ascii' ? textNumbers(bytes, header.bytes) : binaryNumbers(bytes, header.bytes, header.encoding === 'binary_little_endian');
  try {
    return await readBody(header, next, reading);
  } catch (error) {
    if (error instanceof RangeError) throw damaged(name, 'it ends before the last of the elements that its header promises', error);
    throw error;
  }
}

function headerOf(bytes: Buffer, name: string): Header {
  const text = bytes.toString('latin1', 0, HEADER_LIMIT_BYTES);
  const end = /(^|\n)end_header[ \t]*\r?\n/.exec(text);
  if (!/^ply[ \t]*\r?\n/.test(text) || end === null) throw damaged(name, 'its header has no end');
  let encoding: Header['encoding'] | null = null;
  const elements: { name: string; count: number; properties: Property[] }[] = [];
  for (const line of text.slice(0, end.index).split(/\r?\n/)) {
    const [word, first = '', second = '', third = '', fourth = ''] = line.trim().split(/\s+/);
    if (word === 'format' && (first === 'ascii' || first === 'binary_little_endian' || first === 'binary_big_endian')) encoding = first;
    if (word === 'element') {
      if (!/^\d{1,10}$/.test(second)) throw damaged(name, 'its header counts elements with something that is no number');
      elements.push({ name: first, count: Number(second), properties: [] });
    }
    if (word !== 'property') continue;
    const isList = first === 'list';
    const kind = KINDS.get(isList ? third : first);
    const count = isList ? KINDS.get(second) : null;
    const last = elements.at(-1);
    if (kind === undefined || count === undefined || last === undefined) throw damaged(name, 'its header has a property of an unknown kind');
    last.properties.push({ name: isList ? fourth : second, kind, count });
  }
  if (encoding === null) throw damaged(name, 'its header names no format');
  return { encoding, elements, bytes: end.index + end[0].length };
}

/** By the least that each element takes, before anything is read or kept. */
function requireRoom({ encoding, elements }: Header, bodyBytes: number, name: string): void {
  let needed = 0;
  for (const { count, properties } of elements) {
    if (count > 0 && properties.length === 0) throw damaged(name, 'its header promises elements without properties');
    // As text a number takes a digit and a space.
    needed += count * properties.reduce((sum, property) => sum + (encoding === 'ascii' ? 2 : KIND_BYTES[property.count ?? property.kind]), 0);
  }
  if (needed > bodyBytes + 1) throw damaged(name, 'its header promises more elements than the file has room for');
  const vertices = elements.find((element) => element.name === 'vertex')?.count ?? 0;
  if (vertices > MOST_VERTICES) throw tooLarge(name, `${String(vertices)} vertices`);
}

async function readBody({ elements }: Header, next: Next, { name, signal }: Reading): Promise<Model> {
  const vertices = new Vertices();
  const indices = new IndexList();
  let leftOut = 0;
  let hasFaces = false;
  const vertexCount = elements.find((element) => element.name === 'vertex')?.count ?? 0;
  for (const element of elements) {
    const take = element.name === 'vertex' ? vertices.reader(element.properties, next, name) : (): void => {
      const isFace = element.name === 'face';
      for (const property of element.properties) {
        const corners = listOf(property, next, name);
        if (!isFace || !/^vertex_ind(ices|ex)$/.test(property.name)) continue;
        hasFaces = true;
        leftOut += fan(corners, vertexCount, indices);
        if (indices.length > 3 * MOST_TRIANGLES) throw tooLarge(name, `more than ${String(MOST_TRIANGLES)} triangles`);
      }
    };
    for (let at = 0; at < element.count; at += 1) {
      if (at % AT_ONCE === 0) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
      }
      take();
    }
  }
  if (!hasFaces) throw nothingIn(name, vertexCount > 0 ? 'it is a cloud of points without triangles' : 'it holds no triangles');
  const { positions, normals, colours } = vertices.take();
  const kept = placedOnly(indices.take(), positions);
  if (kept.indices.length === 0) throw damaged(name, 'none of its faces has three places');
  return {
    format: 'ply', unit: null, up: 'z', vertexCount, materials: [{ ...PLAIN_MATERIAL, colour: colours === null ? null : [1, 1, 1] }], remarks: leftOutRemark(leftOut + kept.leftOut),
    surfaces: [{ positions, indices: kept.indices, normals, colours, uvs: null, material: 0 }],
  };
}

/** A polygon as a fan of triangles. Returns how many of them name vertices that are not there. */
function fan(corners: readonly number[], vertexCount: number, indices: IndexList): number {
  let leftOut = 0;
  const [first = -1] = corners;
  for (let at = 1; at + 1 < corners.length; at += 1) {
    const second = corners[at] ?? -1;
    const third = corners[at + 1] ?? -1;
    if ([first, second, third].every((corner) => Number.isInteger(corner) && corner >= 0 && corner < vertexCount)) {
      indices.push(first);
      indices.push(second);
      indices.push(third);
    } else leftOut += 1;
  }
  return leftOut;
}

/** Without triangles that touch a vertex which is no place. */
function placedOnly(indices: Uint32Array, positions: Float32Array): { indices: Uint32Array; leftOut: number } {
  const isThere = (index: number): boolean => isPlace(positions[index * 3] ?? NaN, positions[index * 3 + 1] ?? NaN, positions[index * 3 + 2] ?? NaN);
  let at = 0;
  for (let from = 0; from < indices.length; from += 3) {
    const a = indices[from] ?? 0;
    const b = indices[from + 1] ?? 0;
    const c = indices[from + 2] ?? 0;
    if (!isThere(a) || !isThere(b) || !isThere(c)) continue;
    indices[at] = a;
    indices[at + 1] = b;
    indices[at + 2] = c;
    at += 3;
  }
  return { indices: indices.subarray(0, at), leftOut: (indices.length - at) / 3 };
}

class Vertices {
  readonly #positions = new FloatList();
  readonly #normals = new FloatList();
  readonly #colours = new ByteList();

  /** Reads one vertex with each call. */
  reader(properties: readonly Property[], next: Next, name: string): () => void {
    const placeOf = (...names: string[]): number => properties.findIndex((property) => names.includes(property.name) && property.count === null);
    const places = [placeOf('x'), placeOf('y'), placeOf('z')];
    const normals = [placeOf('nx'), placeOf('ny'), placeOf('nz')];
    const colours = [placeOf('red', 'diffuse_red', 'r'), placeOf('green', 'diffuse_green', 'g'), placeOf('blue', 'diffuse_blue', 'b')];
    const alpha = placeOf('alpha');
    const scaleOf = (place: number): number => ({ uint8: 1 / 255, uint16: 1 / 65_535, int8: 1 / 127, int16: 1 / 32_767, int32: 1, uint32: 1, float32: 1, float64: 1 })[properties[place]?.kind ?? 'float32'];
    const values = new Float64Array(properties.length);
    const at = (place: number): number => values[place] ?? NaN;
    return () => {
      for (const [index, property] of properties.entries()) values[index] = property.count === null ? next(property.kind) : (listOf(property, next, name)[0] ?? NaN);
      for (const place of places) this.#positions.push(at(place));
      if (!normals.includes(-1)) for (const place of normals) this.#normals.push(at(place));
      if (colours.includes(-1)) return;
      for (const place of colours) this.#colours.pushShare(at(place) * scaleOf(place));
      this.#colours.pushShare(alpha < 0 ? 1 : at(alpha) * scaleOf(alpha));
    };
  }

  take(): { positions: Float32Array; normals: Float32Array | null; colours: Uint8Array | null } {
    return { positions: this.#positions.take(), normals: this.#normals.length === 0 ? null : this.#normals.take(), colours: this.#colours.length === 0 ? null : this.#colours.take() };
  }
}

function listOf({ kind, count }: Property, next: Next, name: string): number[] {
  if (count === null) return [next(kind)];
  const length = next(count);
  if (!Number.isInteger(length) || length < 0 || length > CORNERS_LIMIT) throw damaged(name, `it has a list of ${String(length)} numbers`);
  return Array.from({ length }, () => next(kind));
}

function binaryNumbers(bytes: Buffer, start: number, isLittle: boolean): Next {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = start;
  return (kind) => {
    const from = at;
    at += KIND_BYTES[kind];
    switch (kind) {
      case 'int8': return view.getInt8(from);
      case 'uint8': return view.getUint8(from);
      case 'int16': return view.getInt16(from, isLittle);
      case 'uint16': return view.getUint16(from, isLittle);
      case 'int32': return view.getInt32(from, isLittle);
      case 'uint32': return view.getUint32(from, isLittle);
      case 'float32': return view.getFloat32(from, isLittle);
      case 'float64': return view.getFloat64(from, isLittle);
    }
  };
}

const isSpace = (byte: number | undefined): boolean => byte === 32 || byte === 10 || byte === 13 || byte === 9;

function textNumbers(bytes: Buffer, start: number): Next {
  let at = start;
  return () => {
    while (at < bytes.length && isSpace(bytes[at])) at += 1;
    const from = at;
    while (at < bytes.length && !isSpace(bytes[at])) at += 1;
    if (from === at) throw new RangeError('The text has no more numbers.');
    // What is no number becomes NaN, which no place is.
    return Number(bytes.toString('latin1', from, Math.min(at, from + 64)));
  };
}
