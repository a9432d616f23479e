/** Normals for surfaces that have none: round where faces meet at a small angle, sharp where they meet at a large one. */
import type { Surface } from './meshes-model.ts';

/** Cylinders of sixteen sides look round, edges of a box stay edges. */
const CREASE_COSINE = Math.cos((38 * Math.PI) / 180);
/** Corners at one place. At more (the tip of a fan) each keeps the normal of its face. */
const MOST_MEETING = 48;

/** The surface with every corner on its own and a normal for each; as it is where it has normals. */
export function smoothNormals(surface: Surface): Surface {
  if (surface.normals !== null && surface.normals.every((value) => Number.isFinite(value))) return surface;
  const loose = loosened(surface);
  const faces = faceNormals(loose.positions);
  const { starts, members, placeOf } = meetings(loose.positions);
  const normals = new Float32Array(loose.positions.length);
  for (let corner = 0; corner < placeOf.length; corner += 1) setNormal(normals, corner, faces, starts, members, placeOf[corner] ?? 0);
  // Corners that had a normal keep it.
  const own = loose.normals;
  if (own !== null) for (let at = 0; at < own.length; at += 3) if (Number.isFinite(own[at]) && Number.isFinite(own[at + 1]) && Number.isFinite(own[at + 2])) normals.set(own.subarray(at, at + 3), at);
  return { ...loose, normals };
}

function setNormal(normals: Float32Array, corner: number, faces: Float32Array, starts: Uint32Array, members: Uint32Array, place: number): void {
  const own = Math.floor(corner / 3) * 3;
  const ox = faces[own] ?? 0;
  const oy = faces[own + 1] ?? 0;
  const oz = faces[own + 2] ?? 0;
  const ownLength = Math.hypot(ox, oy, oz);
  const from = starts[place] ?? 0;
  const to = starts[place + 1] ?? 0;
  let x = ox;
  let y = oy;
  let z = oz;
  if (to - from <= MOST_MEETING) {
    x = y = z = 0;
    for (let at = from; at < to; at += 1) {
      const face = Math.floor((members[at] ?? 0) / 3) * 3;
      const fx = faces[face] ?? 0;
      const fy = faces[face + 1] ?? 0;
      const fz = faces[face + 2] ?? 0;
      if (ox * fx + oy * fy + oz * fz < CREASE_COSINE * ownLength * Math.hypot(fx, fy, fz)) continue;
      x += fx;
      y += fy;
      z += fz;
    }
  }
  const length = Math.hypot(x, y, z) || 1;
  normals[corner * 3] = x / length;
  normals[corner * 3 + 1] = y / length;
  normals[corner * 3 + 2] = z / length;
}

function loosened({ positions, indices, normals, colours, uvs, material }: Surface): Surface {
  if (indices === null) return { positions, indices, normals, colours, uvs, material };
  const spread = <Kind extends Float32Array | Uint8Array>(from: Kind, to: Kind, size: number): Kind => {
    for (let corner = 0; corner < indices.length; corner += 1) {
      const source = (indices[corner] ?? 0) * size;
      for (let at = 0; at < size; at += 1) to[corner * size + at] = from[source + at] ?? 0;
    }
    return to;
  };
  return {
    positions: spread(positions, new Float32Array(indices.length * 3), 3), indices: null, normals: normals === null ? null : spread(normals, new Float32Array(indices.length * 3), 3),
    colours: colours === null ? null : spread(colours, new Uint8Array(indices.length * 4), 4), uvs: uvs === null ? null : spread(uvs, new Float32Array(indices.length * 2), 2), material,
  };
}

/** As long as twice the face is large, so that large ones count for more. */
function faceNormals(positions: Float32Array): Float32Array {
  const faces = new Float32Array(positions.length / 3);
  const p = (at: number): number => positions[at] ?? 0;
  // Scaled to keep the squares of tiny and of huge models within what numbers hold.
  let largest = 0;
  for (let at = 0; at < positions.length; at += 1) largest = Math.max(largest, Math.abs(p(at)));
  const scale = 1 / (largest || 1);
  for (let triangle = 0; triangle < positions.length; triangle += 9) {
    const ax = (p(triangle + 3) - p(triangle)) * scale;
    const ay = (p(triangle + 4) - p(triangle + 1)) * scale;
    const az = (p(triangle + 5) - p(triangle + 2)) * scale;
    const bx = (p(triangle + 6) - p(triangle)) * scale;
    const by = (p(triangle + 7) - p(triangle + 1)) * scale;
    const bz = (p(triangle + 8) - p(triangle + 2)) * scale;
    const at = triangle / 3;
    faces[at] = ay * bz - az * by;
    faces[at + 1] = az * bx - ax * bz;
    faces[at + 2] = ax * by - ay * bx;
  }
  return faces;
}

/** Which corners lie at the same place, by a table of hashes. */
function meetings(positions: Float32Array): { starts: Uint32Array; members: Uint32Array; placeOf: Uint32Array } {
  const corners = positions.length / 3;
  const bits = new Uint32Array(positions.buffer, positions.byteOffset, positions.length);
  let size = 16;
  while (size < corners * 2) size *= 2;
  const table = new Int32Array(size).fill(-1);
  const placeOf = new Uint32Array(corners);
  let places = 0;
  for (let corner = 0; corner < corners; corner += 1) {
    const at = corner * 3;
    let slot = hash(bits[at] ?? 0, bits[at + 1] ?? 0, bits[at + 2] ?? 0) & (size - 1);
    for (;;) {
      const other = table[slot] ?? -1;
      if (other < 0) {
        table[slot] = corner;
        placeOf[corner] = places++;
        break;
      }
      if (positions[other * 3] === positions[at] && positions[other * 3 + 1] === positions[at + 1] && positions[other * 3 + 2] === positions[at + 2]) {
        placeOf[corner] = placeOf[other] ?? 0;
        break;
      }
      slot = (slot + 1) & (size - 1);
    }
  }
  return { placeOf, ...listed(placeOf, places) };
}

function listed(placeOf: Uint32Array, places: number): { starts: Uint32Array; members: Uint32Array } {
  const starts = new Uint32Array(places + 1);
  for (const place of placeOf) starts[place + 1] = (starts[place + 1] ?? 0) + 1;
  for (let place = 0; place < places; place += 1) starts[place + 1] = (starts[place + 1] ?? 0) + (starts[place] ?? 0);
  const next = starts.slice();
  const members = new Uint32Array(placeOf.length);
  for (let corner = 0; corner < placeOf.length; corner += 1) {
    const place = placeOf[corner] ?? 0;
    const slot = next[place] ?? 0;
    members[slot] = corner;
    next[place] = slot + 1;
  }
  return { starts, members };
}

/** Zero and minus zero differ in their bits: corners there may stay apart, which costs a crease at most. */
function hash(a: number, b: number, c: number): number {
  let mixed = Math.imul(a, 0x9e37_79b1) ^ Math.imul(b, 0x85eb_ca6b) ^ Math.imul(c, 0xc2b2_ae35);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x2c1b_3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
