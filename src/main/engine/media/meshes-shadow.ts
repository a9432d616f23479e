/** The soft shadow under a model: how much of the ground it keeps the sky from, seen from above. */
import type { View } from './meshes-camera.ts';
import type { Stage } from './meshes-stage.ts';

export interface Shadow {
  /** Cells a side. */
  readonly size: number;
  /** 0: full light. 1: none. */
  readonly cells: Float32Array;
  /** Where the ground is, and which part of it the cells cover. */
  readonly y: number;
  readonly left: number;
  readonly front: number;
  readonly cell: number;
}

const SIZE = 256;
/** Ground around the model, in its widths: the shadow runs out there. */
const MARGIN = 0.45;
/** Parts that are higher than this share of the model's width throw next to no shadow. */
const REACH = 0.35;
/** Blur, in cells, that three passes of a box make soft. */
const RADII = [5, 9] as const;
const DARKNESS = 0.62;

export function shadowOf({ surfaces, bounds: { min, max } }: Stage): Shadow {
  const width = Math.max(max[0] - min[0], max[2] - min[2], (max[1] - min[1]) * 0.2) * (1 + 2 * MARGIN);
  const cell = width / SIZE;
  const left = (min[0] + max[0] - width) / 2;
  const front = (min[2] + max[2] - width) / 2;
  const cells = new Float32Array(SIZE * SIZE);
  const reach = (width / (1 + 2 * MARGIN)) * REACH;
  for (const { positions, indices } of surfaces) {
    const corners = indices === null ? positions.length / 3 : indices.length;
    for (let corner = 0; corner + 2 < corners; corner += 3) {
      const at = (of: number): number => (indices === null ? corner + of : (indices[corner + of] ?? 0)) * 3;
      cover(cells, positions, [at(0), at(1), at(2)], { left, front, cell, ground: min[1], reach });
    }
  }
  // Sharp where it touches, wide beyond.
  const near = cells;
  let wide: Float32Array = cells.slice();
  for (let pass = 0; pass < 3; pass += 1) wide = blurred(wide, RADII[1]);
  let close: Float32Array = near.slice();
  for (let pass = 0; pass < 3; pass += 1) close = blurred(close, RADII[0]);
  return { size: SIZE, cells: close.map((value, index) => DARKNESS * Math.max(value * value, (wide[index] ?? 0) * 0.8)), y: min[1], left, front, cell };
}

interface Grid {
  readonly left: number;
  readonly front: number;
  readonly cell: number;
  readonly ground: number;
  readonly reach: number;
}

function cover(cells: Float32Array, positions: Float32Array, corners: readonly [number, number, number], { left, front, cell, ground, reach }: Grid): void {
  const [a, b, c] = corners;
  const x0 = ((positions[a] ?? 0) - left) / cell, z0 = ((positions[a + 2] ?? 0) - front) / cell;
  const x1 = ((positions[b] ?? 0) - left) / cell, z1 = ((positions[b + 2] ?? 0) - front) / cell;
  const x2 = ((positions[c] ?? 0) - left) / cell, z2 = ((positions[c + 2] ?? 0) - front) / cell;
  const height = ((positions[a + 1] ?? 0) + (positions[b + 1] ?? 0) + (positions[c + 1] ?? 0)) / 3 - ground;
  const weight = Math.exp(-2 * height / reach);
  const fromX = Math.max(0, Math.floor(Math.min(x0, x1, x2))), toX = Math.min(SIZE - 1, Math.floor(Math.max(x0, x1, x2)));
  const fromZ = Math.max(0, Math.floor(Math.min(z0, z1, z2))), toZ = Math.min(SIZE - 1, Math.floor(Math.max(z0, z1, z2)));
  const area = (x1 - x0) * (z2 - z0) - (x2 - x0) * (z1 - z0);
  const isSmall = fromX === toX && fromZ === toZ;
  for (let z = fromZ; z <= toZ; z += 1) {
    for (let x = fromX; x <= toX; x += 1) {
      if (!isSmall) {
        const px = x + 0.5, pz = z + 0.5;
        const b0 = ((x1 - px) * (z2 - pz) - (x2 - px) * (z1 - pz)) / area;
        const b1 = ((x2 - px) * (z0 - pz) - (x0 - px) * (z2 - pz)) / area;
        if (!(b0 >= 0 && b1 >= 0 && b0 + b1 <= 1)) continue;
      }
      const at = z * SIZE + x;
      if (weight > (cells[at] ?? 0)) cells[at] = weight;
    }
  }
}

function blurred(cells: Float32Array, radius: number): Float32Array {
  return blurredLines(blurredLines(cells, radius, 1, SIZE), radius, SIZE, 1);
}

/** step: from one cell of a line to the next. */
function blurredLines(cells: Float32Array, radius: number, step: number, lineStep: number): Float32Array {
  const made = new Float32Array(cells.length);
  for (let line = 0; line < SIZE; line += 1) {
    const start = line * lineStep;
    let sum = 0;
    for (let at = -radius; at < SIZE; at += 1) {
      const enters = at + radius;
      const leaves = at - radius - 1;
      if (enters < SIZE) sum += cells[start + enters * step] ?? 0;
      if (leaves >= 0) sum -= cells[start + leaves * step] ?? 0;
      if (at >= 0) made[start + at * step] = sum / (2 * radius + 1);
    }
  }
  return made;
}

/** How dark the ground is at a place of the picture, from -1 to 1 across and upwards. */
export function shadeAt({ size, cells, y, left, front, cell }: Shadow, { inverse, eye, back, isFlat }: View, across: number, upwards: number): number {
  const m = (row: number, depth: number): number => (inverse[row] ?? 0) * across + (inverse[4 + row] ?? 0) * upwards + (inverse[8 + row] ?? 0) * depth + (inverse[12 + row] ?? 0);
  const w = m(3, 0);
  const x = m(0, 0) / w, height = m(1, 0) / w, z = m(2, 0) / w;
  const dx = isFlat ? -back[0] : x - eye[0], dy = isFlat ? -back[1] : height - eye[1], dz = isFlat ? -back[2] : z - eye[2];
  const way = (y - height) / dy;
  // Upwards it never meets the ground.
  if (!(dy < 0)) return 0;
  const column = (x + dx * way - left) / cell - 0.5;
  const line = (z + dz * way - front) / cell - 0.5;
  const fromX = Math.floor(column), fromZ = Math.floor(line);
  if (!(fromX >= 0 && fromZ >= 0 && fromX + 1 < size && fromZ + 1 < size)) return 0;
  const right = column - fromX, down = line - fromZ;
  const at = fromZ * size + fromX;
  return ((cells[at] ?? 0) * (1 - right) + (cells[at + 1] ?? 0) * right) * (1 - down) + ((cells[at + size] ?? 0) * (1 - right) + (cells[at + size + 1] ?? 0) * right) * down;
}
