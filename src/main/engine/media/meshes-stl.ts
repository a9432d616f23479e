/**
 * Reads STL (3D Systems, StereoLithography Interface Specification, 1989), binary and as text. By a reader of our own: three's STLLoader holds the file, its
 * places and a normal for each of them at the same time, and believes the number of triangles that the file claims.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { FloatList } from './meshes-lists.ts';
import { damaged, isPlace, leftOutRemark, MOST_TRIANGLES, nothingIn, PLAIN_MATERIAL, tooLarge, type Model, type Reading } from './meshes-model.ts';
import { eachLine, wordsOf } from './meshes-text.ts';

const HEADER_BYTES = 84;
const TRIANGLE_BYTES = 50;
/** After a triangle's normal. */
const CORNERS_AT = 12;
/** A MB at a time. */
const TRIANGLES_AT_ONCE = 20_000;

export async function readStl(reading: Reading): Promise<Model> {
  const file = await open(reading.path, 'r');
  try {
    const head = Buffer.alloc(Math.min(reading.sizeBytes, 1_024));
    await file.read(head, 0, head.length, 0);
    // Programs write `solid` into binary headers too: only the size tells for sure.
    const count = head.length < HEADER_BYTES ? -1 : head.readUInt32LE(HEADER_BYTES - 4);
    const isBinary = count >= 0 && reading.sizeBytes === HEADER_BYTES + count * TRIANGLE_BYTES;
    if (!isBinary && /^\s*solid\b[^\0]*$/i.test(head.toString('latin1'))) return await readText(reading);
    if (count < 0) throw damaged(reading.name, 'it is shorter than the header of an STL file');
    return await readBinary(file, count, reading);
  } finally {
    await file.close();
  }
}

async function readBinary(file: FileHandle, count: number, { name, sizeBytes, signal }: Reading): Promise<Model> {
  const held = Math.floor((sizeBytes - HEADER_BYTES) / TRIANGLE_BYTES);
  if (count > held) throw damaged(name, `it claims ${String(count)} triangles and has room for ${String(held)}`);
  if (count === 0) throw nothingIn(name);
  if (count > MOST_TRIANGLES) throw tooLarge(name, `${String(count)} triangles`);
  const positions = new Float32Array(count * 9);
  const piece = Buffer.alloc(TRIANGLES_AT_ONCE * TRIANGLE_BYTES);
  const view = new DataView(piece.buffer, piece.byteOffset, piece.length);
  let at = 0;
  for (let first = 0; first < count; first += TRIANGLES_AT_ONCE) {
    signal.throwIfAborted();
    const bytes = Math.min(TRIANGLES_AT_ONCE, count - first) * TRIANGLE_BYTES;
    const { bytesRead } = await file.read(piece, 0, bytes, HEADER_BYTES + first * TRIANGLE_BYTES);
    if (bytesRead < bytes) throw damaged(name, 'it ends before its last triangle');
    at = takeTriangles(view, bytes, positions, at);
  }
  return modelOf(positions.subarray(0, at), count - at / 9, name);
}

/** Returns the place after the last one taken. */
function takeTriangles(view: DataView, bytes: number, positions: Float32Array, start: number): number {
  let at = start;
  for (let triangle = 0; triangle < bytes; triangle += TRIANGLE_BYTES) {
    let isWhole = true;
    for (let corner = 0; corner < 3; corner += 1) {
      const from = triangle + CORNERS_AT + corner * 12;
      const x = view.getFloat32(from, true);
      const y = view.getFloat32(from + 4, true);
      const z = view.getFloat32(from + 8, true);
      isWhole &&= isPlace(x, y, z);
      const to = at + corner * 3;
      positions[to] = x;
      positions[to + 1] = y;
      positions[to + 2] = z;
    }
    if (isWhole) at += 9;
  }
  return at;
}

async function readText(reading: Reading): Promise<Model> {
  const positions = new FloatList();
  let corners: number[] = [];
  let isOpen = false;
  let leftOut = 0;
  let facets = 0;
  await eachLine(reading, (line) => {
    const words = wordsOf(line);
    const word = words[0]?.toLowerCase();
    if (word === 'vertex') {
      corners.push(Number(words[1]), Number(words[2]), Number(words[3]));
      if (corners.length > 9) throw damaged(reading.name, 'it has a facet with more than three corners');
    } else if (word === 'facet') {
      isOpen = true;
      facets += 1;
      corners = [];
      if (facets > MOST_TRIANGLES) throw tooLarge(reading.name, `more than ${String(MOST_TRIANGLES)} triangles`);
    } else if (word === 'endfacet') {
      isOpen = false;
      if (corners.length === 9 && corners.every((value) => isPlace(value, 0, 0))) for (const value of corners) positions.push(value);
      else leftOut += 1;
    }
  });
  if (isOpen) throw damaged(reading.name, 'it ends within a facet');
  if (facets === 0) throw nothingIn(reading.name);
  return modelOf(positions.take(), leftOut, reading.name);
}

function modelOf(positions: Float32Array, leftOut: number, name: string): Model {
  if (positions.length === 0) throw damaged(name, 'none of its triangles has three places');
  return {
    format: 'stl', unit: null, up: 'z', vertexCount: positions.length / 3, materials: [PLAIN_MATERIAL], remarks: leftOutRemark(leftOut),
    surfaces: [{ positions, indices: null, normals: null, colours: null, uvs: null, material: 0 }],
  };
}
