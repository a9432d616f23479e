/** Forecasts a picture's task from its header alone. Plain values in and out. */
import { OPTION_SCHEMAS } from '../../../shared/options.ts';
import type { Estimate, TaskType } from '../../../shared/task.ts';
import type { ImageHeader } from '../media/image-facts.ts';
import { geometryOf, sizeAfter, type Size } from '../media/image-geometry.ts';

/** The types that are forecast here and not by ffprobe. */
export type ImageTaskType = Extract<TaskType, 'image_convert' | 'image_thumbnail'>;

/** Seconds of one core for a million pixels, measured with libvips 8.18 on a machine of 2020; AVIF at its usual effort. */
const DECODE_SECONDS = 0.012;
const ENCODE_SECONDS = { jpeg: 0.012, png: 0.16, webp: 0.13, avif: 0.8, gif: 0.3, tiff: 0.06 } as const;
/** JPEG is read at an eighth of its size where that will do. */
const SHRUNK_DECODE_SECONDS = 0.003;
/** Bytes that a pixel takes in the file. */
const FILE_BYTES = { jpeg: 0.3, png: 1.6, webp: 0.2, avif: 0.12, gif: 0.7, tiff: 2.5 } as const;
/** Opening, checking, publishing. */
const OVERHEAD_SECONDS = 0.05;
/** A worker with the library, before any picture. */
const LIBRARY_BYTES = 110_000_000;
/** Lines in work of a picture that streams through, and the whole of one that does not. */
const LINE_BYTES = 4 * 512;
const PIXEL_BYTES = 4;

export function isImageType(type: TaskType): type is ImageTaskType {
  return type === 'image_convert' || type === 'image_thumbnail';
}

/** options: complete, of the type. */
export function estimateImage(type: ImageTaskType, options: unknown, header: ImageHeader): Estimate {
  const pages = header.pages ?? 1;
  const pixels = header.width * header.height * pages;
  const { size, format } = wanted(type, options, header);
  const made = size.width * size.height * (type === 'image_thumbnail' ? 1 : pages);
  const isShrunk = header.format === 'jpeg' && made * 16 < pixels;
  const isWhole = header.isProgressive || header.format === 'webp' || header.format === 'avif';
  return {
    seconds: OVERHEAD_SECONDS + (pixels * (isShrunk ? SHRUNK_DECODE_SECONDS : DECODE_SECONDS) + made * ENCODE_SECONDS[format]) / 1e6,
    memoryBytes: LIBRARY_BYTES + header.width * LINE_BYTES + (isWhole ? pixels * PIXEL_BYTES : 0) + made * PIXEL_BYTES,
    tempBytes: made * FILE_BYTES[format],
    mediaSeconds: 0,
  };
}

function wanted(type: ImageTaskType, options: unknown, header: ImageHeader): { size: Size; format: keyof typeof ENCODE_SECONDS } {
  if (type === 'image_thumbnail') {
    const { size, format } = OPTION_SCHEMAS.image_thumbnail.parse(options);
    return { size: sizeAfter(header, geometryOf(header, { width: size, height: size, longestSide: null, percent: null, fit: 'inside', enlarge: false })), format };
  }
  const wish = OPTION_SCHEMAS.image_convert.parse(options);
  const kept = header.format === 'heic' ? 'jpeg' : header.format === 'svg' ? 'png' : header.format;
  return { size: sizeAfter(header, geometryOf(header, wish)), format: wish.format === 'keep' ? kept : wish.format };
}
