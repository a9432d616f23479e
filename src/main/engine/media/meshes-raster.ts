/**
 * Draws triangles into pixels: a rasteriser of our own, so that a worker needs neither a graphics card nor a window, and every machine makes the same picture
 * (docs/decisions). Nearest wins by a depth for each sample; what lies between corners is interpolated with perspective.
 */
import type { View } from './meshes-camera.ts';
import type { Canvas } from './meshes-canvas.ts';
import { Studio, toByte, TO_LIGHT, toLight } from './meshes-light.ts';
import { triangleCount, type Material, type Surface, type Texture } from './meshes-model.ts';
import type { Stage } from './meshes-stage.ts';
import { lookUp, textureAt } from './meshes-texels.ts';

/** Triangles between two looks at whether to stop. */
const AT_ONCE = 200_000;
/** Numbers of a corner in `#corners`. */
const X = 0, Y = 1, Z = 2, W = 3, NX = 4, NY = 5, NZ = 6, U = 7, V = 8, RED = 9, GREEN = 10, BLUE = 11, ALPHA = 12, SIZE = 13;
/** Below this a triangle has no inside. */
const LEAST_AREA = 1e-9;
/** Samples on an edge belong to both of its triangles: no gap shows. */
const EDGE = -1e-7;

/** Draws all of it: first what hides, then what is seen through, the farthest first. plain: sRGB, of what has no colour. */
export async function drawStage(canvas: Canvas, stage: Stage, view: View, plain: readonly [number, number, number], signal: AbortSignal): Promise<void> {
  const raster = new Raster(canvas, view, plain);
  const later: { surface: Surface; material: Material }[] = [];
  for (const surface of stage.surfaces) {
    const material = stage.materials[surface.material];
    if (material === undefined) continue;
    if (material.isSeeThrough && material.cutOut === null) {
      later.push({ surface, material });
      continue;
    }
    const total = triangleCount(surface);
    raster.begin(surface, material, false);
    for (let first = 0; first < total; first += AT_ONCE) {
      raster.draw(first, Math.min(total, first + AT_ONCE));
      await breath(signal);
    }
  }
  for (const { surface, material, order } of later.map((one) => ({ ...one, order: farthestFirst(one.surface, view) })).sort((one, other) => other.order.farthest - one.order.farthest)) {
    raster.begin(surface, material, true);
    for (const [count, triangle] of order.triangles.entries()) {
      raster.draw(triangle, triangle + 1);
      if (count % AT_ONCE === AT_ONCE - 1) await breath(signal);
    }
    await breath(signal);
  }
}

async function breath(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}

function farthestFirst(surface: Surface, { back }: View): { farthest: number; triangles: Uint32Array } {
  const { positions, indices } = surface;
  const total = triangleCount(surface);
  const nearness = new Float64Array(total);
  let farthest = -Infinity;
  for (let triangle = 0; triangle < total; triangle += 1) {
    let sum = 0;
    for (let corner = 0; corner < 3; corner += 1) {
      const at = (indices === null ? triangle * 3 + corner : (indices[triangle * 3 + corner] ?? 0)) * 3;
      sum += (positions[at] ?? 0) * back[0] + (positions[at + 1] ?? 0) * back[1] + (positions[at + 2] ?? 0) * back[2];
    }
    nearness[triangle] = sum;
    farthest = Math.max(farthest, -sum);
  }
  return { farthest, triangles: Uint32Array.from(nearness.keys()).sort((one, other) => (nearness[one] ?? 0) - (nearness[other] ?? 0)) };
}

const PLAIN_COLOUR = [1, 1, 1] as const;

class Raster {
  readonly #canvas: Canvas;
  readonly #matrix: Float64Array;
  readonly #studio: Studio;
  readonly #plain: readonly [number, number, number];
  readonly #corners = new Float64Array(3 * SIZE);
  readonly #texel = new Float64Array(4);
  /** Light of the material, with what it glows by itself. */
  readonly #base = new Float64Array(7);
  #surface: Surface | null = null;
  #texture: Texture | null = null;
  #level: Texture | null = null;
  #cutOut = 0;
  #gloss = 0;
  #isBlended = false;
  #isVaried = false;
  /** Of the triangle in work. */
  #firstCorner = 0;
  /** Its normal, to the viewer. */
  #faceX = 0;
  #faceY = 0;
  #faceZ = 0;

  constructor(canvas: Canvas, view: View, plain: readonly [number, number, number]) {
    this.#canvas = canvas;
    this.#matrix = Float64Array.from(view.matrix);
    this.#studio = new Studio(view);
    this.#plain = plain;
  }

  /** What follows is of this surface. */
  begin(surface: Surface, material: Material, isBlended: boolean): void {
    this.#surface = surface;
    this.#texture = surface.uvs === null ? null : material.texture;
    const colour = material.colour ?? (this.#texture === null && surface.colours === null ? this.#plain : PLAIN_COLOUR);
    for (let channel = 0; channel < 3; channel += 1) {
      this.#base[channel] = toLight(colour[channel] ?? 0);
      this.#base[4 + channel] = toLight(material.glow[channel] ?? 0);
    }
    this.#base[3] = material.isSeeThrough ? material.opacity : 1;
    this.#cutOut = material.cutOut ?? 0;
    this.#gloss = material.gloss;
    this.#isBlended = isBlended;
    this.#isVaried = surface.normals !== null || surface.colours !== null || this.#texture !== null;
  }

  /** Triangles from the first up to, but not with, the last. */
  draw(first: number, last: number): void {
    for (let triangle = first; triangle < last; triangle += 1) if (this.#setUp(triangle * 3)) this.#fill();
  }

  /** Corners in the picture; false: nothing of it is seen. */
  #setUp(firstCorner: number): boolean {
    const surface = this.#surface;
    if (surface === null) return false;
    this.#firstCorner = firstCorner;
    const { positions, indices } = surface;
    const matrix = this.#matrix;
    const { width, wholeHeight, top } = this.#canvas;
    for (let corner = 0; corner < 3; corner += 1) {
      const vertex = indices === null ? firstCorner + corner : (indices[firstCorner + corner] ?? 0);
      const x = positions[vertex * 3] ?? 0;
      const y = positions[vertex * 3 + 1] ?? 0;
      const z = positions[vertex * 3 + 2] ?? 0;
      const w = (matrix[3] ?? 0) * x + (matrix[7] ?? 0) * y + (matrix[11] ?? 0) * z + (matrix[15] ?? 0);
      // Behind the camera: it stands outside of the model, so only a model of impossible measures gets there.
      if (!(w > 0)) return false;
      const at = corner * SIZE;
      this.#corners[at + X] = (((matrix[0] ?? 0) * x + (matrix[4] ?? 0) * y + (matrix[8] ?? 0) * z + (matrix[12] ?? 0)) / w * 0.5 + 0.5) * width;
      this.#corners[at + Y] = (0.5 - ((matrix[1] ?? 0) * x + (matrix[5] ?? 0) * y + (matrix[9] ?? 0) * z + (matrix[13] ?? 0)) / w * 0.5) * wholeHeight - top;
      this.#corners[at + Z] = ((matrix[2] ?? 0) * x + (matrix[6] ?? 0) * y + (matrix[10] ?? 0) * z + (matrix[14] ?? 0)) / w;
      this.#corners[at + W] = 1 / w;
      if (this.#isVaried) this.#vary(surface, vertex, at);
    }
    return true;
  }

  #vary({ normals, colours, uvs }: Surface, vertex: number, at: number): void {
    const corners = this.#corners;
    corners[at + NX] = normals?.[vertex * 3] ?? NaN;
    corners[at + NY] = normals?.[vertex * 3 + 1] ?? NaN;
    corners[at + NZ] = normals?.[vertex * 3 + 2] ?? NaN;
    corners[at + U] = uvs?.[vertex * 2] ?? 0;
    corners[at + V] = uvs?.[vertex * 2 + 1] ?? 0;
    corners[at + RED] = TO_LIGHT[colours?.[vertex * 4] ?? 255] ?? 1;
    corners[at + GREEN] = TO_LIGHT[colours?.[vertex * 4 + 1] ?? 255] ?? 1;
    corners[at + BLUE] = TO_LIGHT[colours?.[vertex * 4 + 2] ?? 255] ?? 1;
    corners[at + ALPHA] = (colours?.[vertex * 4 + 3] ?? 255) / 255;
  }

  #fill(): void {
    const c = this.#corners;
    const x0 = c[X] ?? 0, y0 = c[Y] ?? 0, x1 = c[SIZE + X] ?? 0, y1 = c[SIZE + Y] ?? 0, x2 = c[2 * SIZE + X] ?? 0, y2 = c[2 * SIZE + Y] ?? 0;
    const { width, height, depth } = this.#canvas;
    const left = Math.max(0, Math.ceil(Math.min(x0, x1, x2) - 0.5));
    const right = Math.min(width - 1, Math.floor(Math.max(x0, x1, x2) - 0.5));
    const top = Math.max(0, Math.ceil(Math.min(y0, y1, y2) - 0.5));
    const bottom = Math.min(height - 1, Math.floor(Math.max(y0, y1, y2) - 0.5));
    if (left > right || top > bottom) return;
    const area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0);
    if (!(Math.abs(area) > LEAST_AREA)) return;
    const inverse = 1 / area;
    const z0 = c[Z] ?? 0, z1 = c[SIZE + Z] ?? 0, z2 = c[2 * SIZE + Z] ?? 0;
    const step0 = (y1 - y2) * inverse;
    const step1 = (y2 - y0) * inverse;
    let isReady = false;
    for (let y = top; y <= bottom; y += 1) {
      const py = y + 0.5;
      const px = left + 0.5;
      let b0 = ((x1 - px) * (y2 - py) - (x2 - px) * (y1 - py)) * inverse;
      let b1 = ((x2 - px) * (y0 - py) - (x0 - px) * (y2 - py)) * inverse;
      for (let x = left, at = y * width + left; x <= right; x += 1, at += 1, b0 += step0, b1 += step1) {
        const b2 = 1 - b0 - b1;
        if (b0 < EDGE || b1 < EDGE || b2 < EDGE) continue;
        const z = b0 * z0 + b1 * z1 + b2 * z2;
        if (!(z < (depth[at] ?? 0))) continue;
        if (!isReady) {
          this.#face(area);
          isReady = true;
        }
        if (this.#shade(at, b0, b1, b2) && !this.#isBlended) depth[at] = z;
      }
    }
  }

  /** Once a triangle, when the first of its samples is seen. area: in the picture, with its sign. */
  #face(area: number): void {
    const surface = this.#surface;
    if (surface === null) return;
    const { positions, indices } = surface;
    const first = this.#firstCorner;
    const a = (indices === null ? first : (indices[first] ?? 0)) * 3;
    const b = (indices === null ? first + 1 : (indices[first + 1] ?? 0)) * 3;
    const c = (indices === null ? first + 2 : (indices[first + 2] ?? 0)) * 3;
    const ox = positions[a] ?? 0, oy = positions[a + 1] ?? 0, oz = positions[a + 2] ?? 0;
    const ax = (positions[b] ?? 0) - ox, ay = (positions[b + 1] ?? 0) - oy, az = (positions[b + 2] ?? 0) - oz;
    const bx = (positions[c] ?? 0) - ox, by = (positions[c + 1] ?? 0) - oy, bz = (positions[c + 2] ?? 0) - oz;
    let x = ay * bz - az * by;
    let y = az * bx - ax * bz;
    let z = ax * by - ay * bx;
    // Which way it is wound shows in the picture, where lines grow downwards.
    const length = (Math.sqrt(x * x + y * y + z * z) || 1) * (area > 0 ? -1 : 1);
    x /= length;
    y /= length;
    z /= length;
    this.#faceX = x;
    this.#faceY = y;
    this.#faceZ = z;
    if (!this.#isVaried) this.#studio.light(x, y, z, this.#gloss);
    if (this.#texture !== null) this.#level = textureAt(this.#texture, this.#texelsPerPixel(this.#texture, Math.abs(area)));
  }

  #texelsPerPixel({ width, height }: Texture, area: number): number {
    const c = this.#corners;
    const u0 = c[U] ?? 0, v0 = c[V] ?? 0;
    const texels = Math.abs(((c[SIZE + U] ?? 0) - u0) * ((c[2 * SIZE + V] ?? 0) - v0) - ((c[2 * SIZE + U] ?? 0) - u0) * ((c[SIZE + V] ?? 0) - v0)) * width * height;
    return Math.sqrt(texels / area);
  }

  /** Puts one sample into the picture; false: it is a hole. */
  #shade(at: number, b0: number, b1: number, b2: number): boolean {
    const base = this.#base;
    let red = base[0] ?? 0, green = base[1] ?? 0, blue = base[2] ?? 0, alpha = base[3] ?? 1;
    const studio = this.#studio;
    if (this.#isVaried) {
      const c = this.#corners;
      const w0 = b0 * (c[W] ?? 0), w1 = b1 * (c[SIZE + W] ?? 0), w2 = b2 * (c[2 * SIZE + W] ?? 0);
      const whole = 1 / (w0 + w1 + w2);
      const p0 = w0 * whole, p1 = w1 * whole, p2 = w2 * whole;
      red *= p0 * (c[RED] ?? 0) + p1 * (c[SIZE + RED] ?? 0) + p2 * (c[2 * SIZE + RED] ?? 0);
      green *= p0 * (c[GREEN] ?? 0) + p1 * (c[SIZE + GREEN] ?? 0) + p2 * (c[2 * SIZE + GREEN] ?? 0);
      blue *= p0 * (c[BLUE] ?? 0) + p1 * (c[SIZE + BLUE] ?? 0) + p2 * (c[2 * SIZE + BLUE] ?? 0);
      alpha *= p0 * (c[ALPHA] ?? 0) + p1 * (c[SIZE + ALPHA] ?? 0) + p2 * (c[2 * SIZE + ALPHA] ?? 0);
      if (this.#level !== null && this.#texture !== null) {
        const texel = this.#texel;
        lookUp(this.#level, p0 * (c[U] ?? 0) + p1 * (c[SIZE + U] ?? 0) + p2 * (c[2 * SIZE + U] ?? 0), p0 * (c[V] ?? 0) + p1 * (c[SIZE + V] ?? 0) + p2 * (c[2 * SIZE + V] ?? 0), texel);
        red *= TO_LIGHT[Math.round(texel[0] ?? 0)] ?? 0;
        green *= TO_LIGHT[Math.round(texel[1] ?? 0)] ?? 0;
        blue *= TO_LIGHT[Math.round(texel[2] ?? 0)] ?? 0;
        if (this.#isBlended || this.#cutOut > 0) alpha *= (texel[3] ?? 255) / 255;
      }
      if (alpha < this.#cutOut) return false;
      this.#lightAt(p0, p1, p2);
    }
    this.#put(at, red * studio.diffuseRed + studio.highlight + (base[4] ?? 0), green * studio.diffuseGreen + studio.highlight + (base[5] ?? 0), blue * studio.diffuseBlue + studio.highlight + (base[6] ?? 0), this.#isBlended ? alpha : 1);
    return true;
  }

  /** By the normals of the corners, or of the face where they have none. */
  #lightAt(p0: number, p1: number, p2: number): void {
    const c = this.#corners;
    let x = p0 * (c[NX] ?? 0) + p1 * (c[SIZE + NX] ?? 0) + p2 * (c[2 * SIZE + NX] ?? 0);
    let y = p0 * (c[NY] ?? 0) + p1 * (c[SIZE + NY] ?? 0) + p2 * (c[2 * SIZE + NY] ?? 0);
    let z = p0 * (c[NZ] ?? 0) + p1 * (c[SIZE + NZ] ?? 0) + p2 * (c[2 * SIZE + NZ] ?? 0);
    const length = Math.sqrt(x * x + y * y + z * z);
    if (!(length > 1e-6)) {
      this.#studio.light(this.#faceX, this.#faceY, this.#faceZ, this.#gloss);
      return;
    }
    // Whoever wrote the normals may have turned them inwards.
    const scale = (x * this.#faceX + y * this.#faceY + z * this.#faceZ < 0 ? -1 : 1) / length;
    x *= scale;
    y *= scale;
    z *= scale;
    this.#studio.light(x, y, z, this.#gloss);
  }

  #put(sample: number, red: number, green: number, blue: number, alpha: number): void {
    const { colour } = this.#canvas;
    const at = sample * 4;
    if (alpha >= 1) {
      colour[at] = toByte(red);
      colour[at + 1] = toByte(green);
      colour[at + 2] = toByte(blue);
      colour[at + 3] = 255;
      return;
    }
    const rest = 1 - alpha;
    colour[at] = Math.round(toByte(red) * alpha + (colour[at] ?? 0) * rest);
    colour[at + 1] = Math.round(toByte(green) * alpha + (colour[at + 1] ?? 0) * rest);
    colour[at + 2] = Math.round(toByte(blue) * alpha + (colour[at + 2] ?? 0) * rest);
    colour[at + 3] = Math.round(255 * alpha + (colour[at + 3] ?? 0) * rest);
  }
}
