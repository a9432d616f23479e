/** Darkens hollows, as a cloudy sky would: where opposite neighbours are both nearer to the viewer, little light gets in. */

/** Pictures of one depth each: infinite where there is nothing. In the world's measure. */
export interface DepthField {
  readonly width: number;
  readonly height: number;
  readonly depth: Float32Array;
  /** Of the world, per pixel. */
  readonly pixel: number;
}

const DIRECTIONS = 10;
/** Shares of the picture's height. */
const RADII = [0.005, 0.012, 0.022, 0.034] as const;
const STRENGTH = 1.5;
/** What is nearer than so many radii is another part in front, which throws no shadow here. */
const RANGE = 1.6;

/** 0: open. 1: closed in. */
export function occlusionOf({ width, height, depth, pixel }: DepthField): Float32Array {
  const made = new Float32Array(width * height);
  const offsets = RADII.flatMap((share, ring) => Array.from({ length: DIRECTIONS }, (_, step) => {
    const turn = (Math.PI * (step + ring / RADII.length)) / DIRECTIONS;
    const radius = Math.max(1.5, share * height);
    return { x: Math.round(Math.cos(turn) * radius), y: Math.round(Math.sin(turn) * radius), world: radius * pixel };
  }));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      const own = depth[at] ?? Infinity;
      if (own === Infinity) continue;
      let closed = 0;
      for (const offset of offsets) {
        const x1 = x + offset.x, y1 = y + offset.y, x2 = x - offset.x, y2 = y - offset.y;
        if (x1 < 0 || x2 < 0 || y1 < 0 || y2 < 0 || x1 >= width || x2 >= width || y1 >= height || y2 >= height) continue;
        const range = offset.world * RANGE;
        const first = own - (depth[y1 * width + x1] ?? Infinity);
        const second = own - (depth[y2 * width + x2] ?? Infinity);
        const nearer = sideOf(first, range) + sideOf(second, range);
        if (nearer > 0) closed += Math.min(1, nearer / (2 * offset.world));
      }
      made[at] = Math.min(1, (closed / offsets.length) * STRENGTH);
    }
  }
  return smoothed(smoothed(made, depth, width, height, 1, pixel), depth, width, height, width, pixel);
}

/** Where there is nothing, or far behind, light comes in; what is farther and farther in front counts less and less. */
function sideOf(nearness: number, range: number): number {
  if (!(nearness > -range)) return -range;
  return nearness <= 0 ? nearness : nearness >= range ? 0 : nearness * (1 - nearness / range) * 1.6;
}

const SMOOTHED_PIXELS = 3;
/** Neighbours that are farther than so many pixels before or behind belong to another part. */
const SAME_PART_PIXELS = 8;

/** step: from one pixel to the next along the line that is smoothed. */
function smoothed(values: Float32Array, depth: Float32Array, width: number, height: number, step: number, pixel: number): Float32Array {
  const made = new Float32Array(values.length);
  const limit = SAME_PART_PIXELS * pixel;
  const isAcross = step === 1;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * width + x;
      const own = depth[at] ?? Infinity;
      if (own === Infinity) continue;
      const place = isAcross ? x : y;
      const from = Math.max(-SMOOTHED_PIXELS, -place);
      const to = Math.min(SMOOTHED_PIXELS, (isAcross ? width : height) - 1 - place);
      let sum = 0;
      let count = 0;
      for (let offset = from; offset <= to; offset += 1) {
        const other = at + offset * step;
        if (!(Math.abs((depth[other] ?? Infinity) - own) <= limit)) continue;
        sum += values[other] ?? 0;
        count += 1;
      }
      made[at] = sum / Math.max(1, count);
    }
  }
  return made;
}
