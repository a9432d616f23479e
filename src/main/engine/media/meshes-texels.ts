/** Looks up colours in a texture, at the size that it has in the picture. */
import type { Texture } from './meshes-model.ts';

const smaller = new WeakMap<Texture, Texture[]>();

/** The texture at half its size as often as it fits: texels per pixel along one side. */
export function textureAt(texture: Texture, texelsPerPixel: number): Texture {
  const level = Math.min(12, Math.max(0, Math.round(Math.log2(texelsPerPixel || 1))));
  if (level === 0) return texture;
  let levels = smaller.get(texture);
  if (levels === undefined) {
    levels = [texture];
    smaller.set(texture, levels);
  }
  for (let last = levels.at(-1); levels.length <= level && last !== undefined && Math.max(last.width, last.height) > 1; last = levels.at(-1)) levels.push(halved(last));
  return levels[Math.min(level, levels.length - 1)] ?? texture;
}

function halved({ width, height, data }: Texture): Texture {
  const half = { width: Math.max(1, width >> 1), height: Math.max(1, height >> 1) };
  const made = new Uint8Array(half.width * half.height * 4);
  for (let y = 0; y < half.height; y += 1) {
    for (let x = 0; x < half.width; x += 1) {
      const right = Math.min(width - 1, x * 2 + 1);
      const below = Math.min(height - 1, y * 2 + 1);
      for (let channel = 0; channel < 4; channel += 1) {
        const at = (column: number, line: number): number => data[(line * width + column) * 4 + channel] ?? 0;
        made[(y * half.width + x) * 4 + channel] = (at(x * 2, y * 2) + at(right, y * 2) + at(x * 2, below) + at(right, below) + 2) >> 2;
      }
    }
  }
  return { ...half, data: made };
}

/** Between its four nearest texels; it repeats without end. Bytes are put into `out`. */
export function lookUp({ width, height, data }: Texture, u: number, v: number, out: Float64Array): void {
  const x = (u - Math.floor(u)) * width - 0.5;
  const y = (1 - (v - Math.floor(v))) * height - 0.5;
  const left = Math.floor(x);
  const top = Math.floor(y);
  const across = x - left;
  const down = y - top;
  const x0 = left < 0 ? width - 1 : left;
  const x1 = left + 1 >= width ? 0 : left + 1;
  const y0 = (top < 0 ? height - 1 : top >= height ? 0 : top) * width;
  const y1 = (top + 1 >= height ? 0 : top + 1) * width;
  const a = (1 - across) * (1 - down);
  const b = across * (1 - down);
  const c = (1 - across) * down;
  const d = across * down;
  for (let channel = 0; channel < 4; channel += 1) {
    out[channel] = (data[(y0 + x0) * 4 + channel] ?? 0) * a + (data[(y0 + x1) * 4 + channel] ?? 0) * b + (data[(y1 + x0) * 4 + channel] ?? 0) * c + (data[(y1 + x1) * 4 + channel] ?? 0) * d;
  }
}
