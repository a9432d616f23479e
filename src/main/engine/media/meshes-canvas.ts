/** Pixels while they are drawn, larger than the picture will be, so that its edges become smooth. */

/** Samples along each side of a pixel. */
export const SAMPLES = 2;

/** A stripe of a picture, in samples. */
export interface Canvas {
  readonly width: number;
  /** Lines of this stripe. */
  readonly height: number;
  /** Of the whole picture. */
  readonly wholeHeight: number;
  /** The first line. */
  readonly top: number;
  /** sRGB times alpha, and alpha. */
  readonly colour: Uint8Array;
  /** 0 is nearest; infinite where there is nothing. */
  readonly depth: Float32Array;
}

/** Eight bytes a sample: 128 MB. */
const MOST_SAMPLES = 16_000_000;

/** Lines of the picture that are drawn at once. */
export function linesAtOnce(width: number, height: number): number {
  return Math.min(height, Math.max(1, Math.floor(MOST_SAMPLES / (width * SAMPLES * SAMPLES))));
}

/** width, height, top, lines: of the picture, in pixels. */
export function canvasOf(width: number, height: number, top: number, lines: number): Canvas {
  const samples = width * SAMPLES * lines * SAMPLES;
  return { width: width * SAMPLES, height: lines * SAMPLES, wholeHeight: height * SAMPLES, top: top * SAMPLES, colour: new Uint8Array(samples * 4), depth: new Float32Array(samples).fill(Infinity) };
}
