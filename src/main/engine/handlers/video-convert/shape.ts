/** Brings a picture to another shape, by cutting off or by bars. Plain values in and out. */
import { shownSize, type VideoStream } from '../../media/media-info.ts';
import type { VideoConvertOptions } from '../../../../shared/options.ts';

export type Shape = Pick<VideoConvertOptions, 'shape' | 'shapeFit'>;

export interface ShapedPicture {
  readonly width: number;
  readonly height: number;
  readonly filters: readonly string[];
}

/** Null: the source's shape stays. Pixels come out square. `limit` is for the shorter side; nothing is enlarged. */
export function shapePicture(film: VideoStream, { shape, shapeFit }: Shape, limit: number): ShapedPicture | null {
  if (shape === 'source') return null;
  const [across = 1, down = 1] = shape.split(':').map(Number);
  const square = squareSize(film);
  return shapeFit === 'crop' ? crop(square, across / down, limit) : pad(square, across / down, limit);
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The middle of the picture, as large as fits. */
function crop(square: Size, ratio: number, limit: number): ShapedPicture {
  const kept = { width: Math.min(square.width, square.height * ratio), height: Math.min(square.height, square.width / ratio) };
  const size = limited(kept, limit);
  // Shares, as the stored pixels may not be square.
  const share = (part: number, whole: number): string => (part / whole).toFixed(6);
  return {
    ...size,
    filters: [`crop=w=iw*${share(kept.width, square.width)}:h=ih*${share(kept.height, square.height)}`, `scale=${size.width}:${size.height}:flags=bicubic`, 'setsar=1'],
  };
}

/** The whole picture in the middle of a black one. */
function pad(square: Size, ratio: number, limit: number): ShapedPicture {
  const canvas = { width: Math.max(square.width, square.height * ratio), height: Math.max(square.height, square.width / ratio) };
  const size = limited(canvas, limit);
  const factor = Math.min(size.width / canvas.width, size.height / canvas.height);
  const inner = { width: Math.min(size.width, even(square.width * factor)), height: Math.min(size.height, even(square.height * factor)) };
  return {
    ...size,
    filters: [`scale=${inner.width}:${inner.height}:flags=bicubic`, 'setsar=1', `pad=${size.width}:${size.height}:(ow-iw)/2:(oh-ih)/2:black`],
  };
}

function limited({ width, height }: Size, limit: number): Size {
  const factor = Math.min(1, limit / Math.min(width, height));
  return { width: even(width * factor), height: even(height * factor) };
}

/** The size of the shown picture with square pixels, in even numbers. */
export function shapedSize(film: VideoStream): { width: number; height: number } {
  return limited(squareSize(film), Infinity);
}

function squareSize(film: VideoStream): Size {
  const { width, height } = shownSize(film);
  const { numerator, denominator } = film.sampleAspectRatio;
  const ratio = film.rotationDegrees % 180 === 0 ? numerator / denominator : denominator / numerator;
  return ratio >= 1 ? { width: width * ratio, height } : { width, height: height / ratio };
}

/** 4:2:0 needs even numbers. */
function even(length: number): number {
  return Math.max(2, Math.round(length / 2) * 2);
}
