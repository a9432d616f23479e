/** A model made ready to be drawn: upright, with its measures, with normals where it has few enough triangles for them to matter. */
import { nothingIn, triangleCount, type Material, type Model, type Surface } from './meshes-model.ts';
import { smoothNormals } from './meshes-normals.ts';

export type Triple = readonly [number, number, number];

/** Lowest and highest along each axis. */
export interface Bounds {
  readonly min: Triple;
  readonly max: Triple;
}

/** Y points up, and the front is towards the viewer on Z. */
export interface Stage {
  readonly surfaces: readonly Surface[];
  readonly materials: readonly Material[];
  readonly bounds: Bounds;
  /** Some of the vertices, the outermost along each axis among them: for what need not look at all. */
  readonly outline: Float32Array;
}

export interface Measures {
  readonly triangles: number;
  /** As the file has its axes. */
  readonly bounds: Bounds;
  readonly surfaceArea: number;
}

/** Facets of more triangles are smaller than a pixel or two. */
const MOST_SMOOTHED = 600_000;
const OUTLINE_POINTS = 30_000;

/** In the file's own axes and units. */
export function measure({ surfaces }: Pick<Model, 'surfaces'>): Measures {
  let surfaceArea = 0;
  let triangles = 0;
  for (const surface of surfaces) {
    triangles += triangleCount(surface);
    surfaceArea += areaOf(surface);
  }
  return { triangles, surfaceArea, bounds: boundsOf(surfaces) };
}

/** Turns the model's own numbers: it can't be staged twice. Throws INPUT_NO_STREAM where it has no size. */
export async function stage(model: Model, up: 'auto' | 'y' | 'z', name: string, signal: AbortSignal): Promise<Stage> {
  const total = model.surfaces.reduce((sum, surface) => sum + triangleCount(surface), 0);
  const surfaces: Surface[] = [];
  for (const surface of model.surfaces) {
    signal.throwIfAborted();
    if ((up === 'auto' ? model.up : up) === 'z') for (const triples of [surface.positions, surface.normals]) if (triples !== null) turnUp(triples);
    surfaces.push(total <= MOST_SMOOTHED ? smoothNormals(surface) : surface);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const bounds = boundsOf(surfaces);
  if (!(Math.max(...[0, 1, 2].map((axis) => (bounds.max[axis] ?? 0) - (bounds.min[axis] ?? 0))) > 0)) throw nothingIn(name, 'all of it lies in one point');
  return { surfaces, materials: model.materials, bounds, outline: outlineOf(surfaces) };
}

/** Z becomes Y, and what was Y goes to the back. */
function turnUp(triples: Float32Array): void {
  for (let at = 0; at < triples.length; at += 3) {
    const y = triples[at + 1] ?? 0;
    triples[at + 1] = triples[at + 2] ?? 0;
    triples[at + 2] = -y;
  }
}

/** Of vertices that triangles have. */
function boundsOf(surfaces: readonly Surface[]): Bounds {
  const min: [number, number, number] = [Infinity, Infinity, Infinity];
  const max: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (const { positions, indices } of surfaces) {
    const count = indices === null ? positions.length / 3 : indices.length;
    for (let corner = 0; corner < count; corner += 1) {
      const at = (indices === null ? corner : (indices[corner] ?? 0)) * 3;
      for (let axis = 0; axis < 3; axis += 1) {
        const value = positions[at + axis] ?? 0;
        if (value < (min[axis] ?? 0)) min[axis] = value;
        if (value > (max[axis] ?? 0)) max[axis] = value;
      }
    }
  }
  return { min, max };
}

function areaOf({ positions, indices }: Surface): number {
  const corners = indices === null ? positions.length / 3 : indices.length;
  const value = (corner: number, axis: number): number => positions[(indices === null ? corner : (indices[corner] ?? 0)) * 3 + axis] ?? 0;
  let area = 0;
  for (let corner = 0; corner + 2 < corners; corner += 3) {
    const ax = value(corner + 1, 0) - value(corner, 0);
    const ay = value(corner + 1, 1) - value(corner, 1);
    const az = value(corner + 1, 2) - value(corner, 2);
    const bx = value(corner + 2, 0) - value(corner, 0);
    const by = value(corner + 2, 1) - value(corner, 1);
    const bz = value(corner + 2, 2) - value(corner, 2);
    area += Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx) / 2;
  }
  return area;
}

function outlineOf(surfaces: readonly Surface[]): Float32Array {
  const total = surfaces.reduce((sum, { positions, indices }) => sum + (indices === null ? positions.length / 3 : indices.length), 0);
  const step = Math.max(1, Math.floor(total / OUTLINE_POINTS));
  const points: number[] = [];
  const extremes = new Map<string, { value: number; point: number[] }>();
  for (const { positions, indices } of surfaces) {
    const count = indices === null ? positions.length / 3 : indices.length;
    for (let corner = 0; corner < count; corner += 1) {
      const at = (indices === null ? corner : (indices[corner] ?? 0)) * 3;
      const isTaken = corner % step === 0;
      if (isTaken) points.push(positions[at] ?? 0, positions[at + 1] ?? 0, positions[at + 2] ?? 0);
    }
    for (let axis = 0; axis < 3; axis += 1) noteExtremes(positions, axis, extremes);
  }
  for (const { point } of extremes.values()) points.push(...point);
  return Float32Array.from(points);
}

function noteExtremes(positions: Float32Array, axis: number, extremes: Map<string, { value: number; point: number[] }>): void {
  let low = -1;
  let high = -1;
  for (let at = axis; at < positions.length; at += 3) {
    const value = positions[at] ?? NaN;
    if (low < 0 || value < (positions[low] ?? 0)) low = at;
    if (high < 0 || value > (positions[high] ?? 0)) high = at;
  }
  for (const [at, sign] of [[low, -1], [high, 1]] as const) {
    if (at < 0) continue;
    const value = (positions[at] ?? 0) * sign;
    const key = `${String(axis)} ${String(sign)}`;
    const point = [...positions.subarray(at - axis, at - axis + 3)];
    if (value > (extremes.get(key)?.value ?? -Infinity) && point.every((number) => Number.isFinite(number))) extremes.set(key, { value, point });
  }
}
