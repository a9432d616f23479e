/** A whole picture of a model: drawn in stripes that fit into memory, with hollows darkened, on its background with a shadow. */
import type { View } from './meshes-camera.ts';
import { canvasOf, linesAtOnce, SAMPLES, type Canvas } from './meshes-canvas.ts';
import { occlusionOf } from './meshes-occlusion.ts';
import { drawStage } from './meshes-raster.ts';
import { shadeAt, type Shadow } from './meshes-shadow.ts';
import type { Stage } from './meshes-stage.ts';

export interface Look {
  readonly width: number;
  readonly height: number;
  /** sRGB, 0–1: of what has no colour of its own. */
  readonly plain: readonly [number, number, number];
  /** studio, transparent, or #rrggbb. */
  readonly background: string;
  /** Null: none. */
  readonly shadow: Shadow | null;
}

/** Four bytes a pixel, sRGB, alpha not multiplied. */
export interface RenderedPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** Pixels that the model is on. */
  readonly covered: number;
}

/** From the upper edge to the lower: light enough for dark models, dark enough for white ones. */
const STUDIO_TOP = [246, 247, 249] as const;
const STUDIO_BOTTOM = [214, 218, 224] as const;
const SHADOW_COLOUR = [38, 42, 52] as const;
/** How much of the light a closed hollow loses. */
const HOLLOW = 0.6;

export async function render(stage: Stage, view: View, look: Look, signal: AbortSignal): Promise<RenderedPicture> {
  const { width, height } = look;
  const samples = new Uint8Array(width * height * 4);
  const depth = new Float32Array(width * height);
  const lines = linesAtOnce(width, height);
  for (let top = 0; top < height; top += lines) {
    const canvas = canvasOf(width, height, top, Math.min(lines, height - top));
    await drawStage(canvas, stage, view, look.plain, signal);
    gather(canvas, view, samples, depth, width, top);
  }
  const hollows = occlusionOf({ width, height, depth, pixel: (view.halfHeight * 2) / height });
  return { width, height, ...compose(samples, hollows, view, look) };
}

/** Samples to pixels: means of colour, the least of depth. */
function gather({ colour, depth: sampleDepth, width, height }: Canvas, view: View, pixels: Uint8Array, depth: Float32Array, pixelWidth: number, top: number): void {
  for (let y = 0; y < height / SAMPLES; y += 1) {
    for (let x = 0; x < pixelWidth; x += 1) {
      const to = (top + y) * pixelWidth + x;
      let red = 0, green = 0, blue = 0, alpha = 0;
      let nearest = Infinity;
      for (let sy = 0; sy < SAMPLES; sy += 1) {
        for (let sx = 0; sx < SAMPLES; sx += 1) {
          const sample = (y * SAMPLES + sy) * width + x * SAMPLES + sx;
          red += colour[sample * 4] ?? 0;
          green += colour[sample * 4 + 1] ?? 0;
          blue += colour[sample * 4 + 2] ?? 0;
          alpha += colour[sample * 4 + 3] ?? 0;
          nearest = Math.min(nearest, sampleDepth[sample] ?? Infinity);
        }
      }
      const count = SAMPLES * SAMPLES;
      pixels[to * 4] = Math.round(red / count);
      pixels[to * 4 + 1] = Math.round(green / count);
      pixels[to * 4 + 2] = Math.round(blue / count);
      pixels[to * 4 + 3] = Math.round(alpha / count);
      depth[to] = nearest === Infinity ? Infinity : distanceOf(nearest, view);
    }
  }
}

/** From the depth that a projection gives, -1 to 1, to that of the world. */
function distanceOf(depth: number, { near, far, isFlat }: View): number {
  return isFlat ? near + ((depth + 1) / 2) * (far - near) : (2 * far * near) / (far + near - depth * (far - near));
}

function compose(pixels: Uint8Array, hollows: Float32Array, view: View, { width, height, background, shadow }: Look): { data: Uint8Array; covered: number } {
  const data = new Uint8Array(width * height * 4);
  let covered = 0;
  for (let y = 0; y < height; y += 1) {
    const behind = backgroundAt(background, y / Math.max(1, height - 1));
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 4;
      const alpha = (pixels[at + 3] ?? 0) / 255;
      if (alpha > 0.5) covered += 1;
      const dark = shadow === null || alpha === 1 ? 0 : shadeAt(shadow, view, ((x + 0.5) / width) * 2 - 1, 1 - ((y + 0.5) / height) * 2);
      const light = 1 - HOLLOW * (hollows[at / 4] ?? 0);
      // The shadow lies on the background, the model on both.
      const ground = behind === null ? dark : 1;
      const whole = alpha + ground * (1 - alpha);
      for (let channel = 0; channel < 3; channel += 1) {
        const tone = SHADOW_COLOUR[channel] ?? 0;
        const below = behind === null ? tone : (behind[channel] ?? 0) * (1 - dark) + tone * dark;
        const sum = (pixels[at + channel] ?? 0) * light + below * ground * (1 - alpha);
        data[at + channel] = whole === 0 ? 0 : Math.min(255, Math.round(sum / whole));
      }
      data[at + 3] = Math.round(whole * 255);
    }
  }
  return { data, covered };
}

/** Null: transparent. */
function backgroundAt(background: string, share: number): readonly number[] | null {
  if (background === 'transparent') return null;
  if (background === 'studio') return STUDIO_TOP.map((value, channel) => value + ((STUDIO_BOTTOM[channel] ?? 0) - value) * share ** 1.4);
  return [1, 3, 5].map((at) => Number.parseInt(background.slice(at, at + 2), 16));
}
