/** Forecasts a preview of a 3D model from its size, or from its triangles once they are counted. Plain values in and out. */
import { modelPreviewOptions, type ModelPreviewOptions } from '../../../../shared/model-options.ts';
import type { Estimate } from '../../../../shared/task.ts';

export interface ModelFacts {
  readonly options: ModelPreviewOptions;
  readonly sizeBytes: number;
  /** Null: not counted yet. */
  readonly triangles: number | null;
}

/** Of a binary STL. Text takes more bytes for a triangle and more time for a byte, which evens out. */
const BYTES_PER_TRIANGLE = 50;
/** Measured on one core of a machine of 2020: reading a triangle and making it ready; drawing it once; drawing a million pixels. */
const READ_SECONDS = 1.0e-6;
const DRAW_SECONDS = 4e-7;
const SECONDS_PER_MEGAPIXEL = 0.5;
const ENCODE_SECONDS_PER_MEGAPIXEL = 0.06;
const START_SECONDS = 1;
/** A worker with its libraries; a triangle as it is kept; a pixel with its samples and depth. */
const BASE_BYTES = 150_000_000;
const KEPT_BYTES_PER_TRIANGLE = 90;
const BYTES_PER_PIXEL = 60;
/** Stripes are no larger than this. */
const MOST_STRIPE_PIXELS = 4_000_000;
const FRAME_BYTES_PER_PIXEL = 0.4;
const SIDES = 6;

/** Of a task that waits: by the file's size alone. options: complete, as they are stored. */
export function estimateModelTask(options: unknown, sizeBytes: number): Estimate {
  return estimateModel({ options: modelPreviewOptions.parse(options), sizeBytes, triangles: null });
}

export function estimateModel({ options, sizeBytes, triangles }: ModelFacts): Estimate {
  const count = triangles ?? sizeBytes / BYTES_PER_TRIANGLE;
  const pictures = [
    ...(options.what.includes('still') ? [{ pixels: options.width * options.height, times: 1 }] : []),
    ...(options.what.includes('sides') ? [{ pixels: options.cellSize ** 2, times: SIDES }] : []),
    ...(options.what.includes('turntable') ? [{ pixels: options.turntableSize ** 2, times: frameCount(options) }] : []),
  ];
  const drawn = pictures.reduce((sum, { pixels, times }) => sum + times * (count * DRAW_SECONDS + (pixels / 1e6) * (SECONDS_PER_MEGAPIXEL + ENCODE_SECONDS_PER_MEGAPIXEL)), 0);
  const largest = Math.max(0, ...pictures.map(({ pixels }) => pixels));
  return {
    seconds: START_SECONDS + count * READ_SECONDS + drawn,
    memoryBytes: BASE_BYTES + count * KEPT_BYTES_PER_TRIANGLE + Math.min(largest, MOST_STRIPE_PIXELS) * BYTES_PER_PIXEL + largest * 20,
    tempBytes: pictures.reduce((sum, { pixels, times }) => sum + times * pixels * FRAME_BYTES_PER_PIXEL * 2, 50_000),
    mediaSeconds: 0,
  };
}

/** Of the turntable. */
export function frameCount({ seconds, framesPerSecond }: Pick<ModelPreviewOptions, 'seconds' | 'framesPerSecond'>): number {
  return Math.max(2, Math.round(seconds * framesPerSecond));
}
