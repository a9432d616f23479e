/** How light falls on a model: lamps that stand still beside the camera, as in a photographer's studio. Colours are of light (linear), 0–1, unless they say sRGB. */
import type { View } from './meshes-camera.ts';
import type { Triple } from './meshes-stage.ts';

interface Lamp {
  /** To the right, up, towards the viewer. */
  readonly from: Triple;
  readonly colour: Triple;
}

/** The key from the upper left, warm; a fill from the right, cool; a rim from behind, which parts the model from its background. */
const LAMPS: readonly Lamp[] = [
  { from: [-0.5, 0.62, 0.75], colour: [1.02, 0.985, 0.94] },
  { from: [0.85, 0.12, 0.55], colour: [0.17, 0.19, 0.22] },
  { from: [0.45, 0.55, -0.75], colour: [0.34, 0.35, 0.37] },
];
/** From above and from the ground. */
const SKY: Triple = [0.3, 0.31, 0.33];
const GROUND: Triple = [0.15, 0.14, 0.135];
/** Of a highlight on something quite glossy. */
const HIGHLIGHT = 0.55;
/** Above this brightness bends, so that nothing glares. */
const KNEE = 0.72;
const STEPS = 4_096;
/** How far a lamp reaches around, as large ones do. */
const WRAP = 0.2;

/** From light to bytes of sRGB (IEC 61966-2-1), with the knee. */
const TO_BYTE = Uint8Array.from({ length: STEPS + 1 }, (_, step) => {
  const light = (step / STEPS) * 2;
  const bent = light < KNEE ? light : KNEE + (1 - KNEE) * (1 - Math.exp((KNEE - light) / (1 - KNEE)));
  return Math.round(255 * (bent <= 0.003_130_8 ? bent * 12.92 : 1.055 * bent ** (1 / 2.4) - 0.055));
});

/** From bytes of sRGB to light. */
export const TO_LIGHT = Float64Array.from({ length: 256 }, (_, byte) => toLight(byte / 255));

/** From sRGB to light, both 0–1. */
export function toLight(value: number): number {
  return value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

export function toByte(light: number): number {
  return TO_BYTE[Math.min(STEPS, Math.max(0, Math.round((light / 2) * STEPS)))] ?? 0;
}

/** The lamps of one view, in the world. */
export class Studio {
  /** By lamp: where it is, where its highlight is, its colour. */
  readonly #lamps: Float64Array;
  /** What came out last: light of each colour that a matt white would throw back, then the highlight's. */
  diffuseRed = 0;
  diffuseGreen = 0;
  diffuseBlue = 0;
  highlight = 0;

  constructor({ right, up, back }: View) {
    this.#lamps = Float64Array.from(LAMPS.flatMap(({ from, colour }) => {
      const to = unit([0, 1, 2].map((axis) => (right[axis] ?? 0) * from[0] + (up[axis] ?? 0) * from[1] + (back[axis] ?? 0) * from[2]));
      return [...to, ...unit([0, 1, 2].map((axis) => (to[axis] ?? 0) + (back[axis] ?? 0))), ...colour];
    }));
  }

  /** x, y, z: a normal of length one that looks to the viewer. */
  light(x: number, y: number, z: number, gloss: number): void {
    const sky = y * 0.5 + 0.5;
    let red = GROUND[0] + (SKY[0] - GROUND[0]) * sky;
    let green = GROUND[1] + (SKY[1] - GROUND[1]) * sky;
    let blue = GROUND[2] + (SKY[2] - GROUND[2]) * sky;
    let highlight = 0;
    const lamps = this.#lamps;
    for (let at = 0; at < lamps.length; at += 9) {
      const turned = (x * (lamps[at] ?? 0) + y * (lamps[at + 1] ?? 0) + z * (lamps[at + 2] ?? 0) + WRAP) / (1 + WRAP);
      if (turned <= 0) continue;
      // Level where it ends: light that stops at once draws a line across what is round.
      const facing = turned * Math.sqrt(turned);
      const strength = lamps[at + 6] ?? 0;
      red += facing * strength;
      green += facing * (lamps[at + 7] ?? 0);
      blue += facing * (lamps[at + 8] ?? 0);
      if (gloss <= 0) continue;
      const shine = x * (lamps[at + 3] ?? 0) + y * (lamps[at + 4] ?? 0) + z * (lamps[at + 5] ?? 0);
      if (shine <= 0.5) continue;
      const two = shine * shine;
      const four = two * two;
      const eight = four * four;
      const sixteen = eight * eight;
      const hard = sixteen * sixteen * sixteen * sixteen;
      // Harder as it gets glossier.
      highlight += strength * Math.min(1, facing * 3) * (sixteen * (1 - gloss) + hard * gloss);
    }
    this.diffuseRed = red;
    this.diffuseGreen = green;
    this.diffuseBlue = blue;
    this.highlight = highlight * gloss * HIGHLIGHT;
  }
}

function unit([x = 0, y = 0, z = 0]: readonly number[]): Triple {
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}
