/** What a conversion will write, decided before a pixel is touched. Plain values in and out. */
import { TaskError } from '../../../../shared/errors.ts';
import type { ImageConvertOptions } from '../../../../shared/image-options.ts';
import { withoutPlaces } from '../../media/exif-location.ts';
import { geometryOf, parseArea, sizeAfter, type Area, type Size } from '../../media/image-geometry.ts';
import type { OpenedImage } from '../../media/image-source.ts';
import { MOST_PIXELS, type Rendering } from '../../media/images.ts';
import { IMAGE_FORMAT_NAMES } from '../image-names.ts';

export interface ConvertPlan {
  readonly rendering: Rendering;
  /** Of each frame. */
  readonly size: Size;
  readonly pages: number;
}

/** Longest side by format: their headers have no more bits, or libvips refuses more. */
const LONGEST: Readonly<Record<Rendering['format'], number>> = { jpeg: 65_535, webp: 16_383, avif: 16_384, gif: 65_535, png: 1_000_000, tiff: 1_000_000 };
const MOVING: ReadonlySet<string> = new Set(['gif', 'webp']);

/** `keep` made plain. What can only be read becomes JPEG, or PNG where it is drawn or see-through. */
export function formatOf(wish: ImageConvertOptions['format'], { kind, info }: Pick<OpenedImage, 'kind' | 'info'>): Rendering['format'] {
  if (wish !== 'keep') return wish;
  switch (kind) {
    case 'svg':
      return 'png';
    case 'heic':
    case 'raw':
      return info.hasAlpha ? 'png' : 'jpeg';
    default:
      return kind;
  }
}

/** Whether the format can carry the frames of that kind of file: animations each other's, TIFF its pages. */
export function carriesFrames(format: Rendering['format'], kind: OpenedImage['kind']): boolean {
  return (MOVING.has(format) && MOVING.has(kind)) || (format === 'tiff' && kind === 'tiff');
}

/** Throws OPTION_INVALID where picture and wish do not fit together. name: the input's, for sentences. */
export function planConvert({ info }: OpenedImage, options: ImageConvertOptions, format: Rendering['format'], name: string, threads: number): ConvertPlan {
  const crop = cropOf(options.crop, info, name);
  const geometry = geometryOf(crop ?? info, { ...options, enlarge: options.enlarge || (options.percent ?? 0) > 100 });
  const size = sizeAfter(crop ?? info, geometry);
  const longest = Math.max(size.width, size.height);
  if (longest > LONGEST[format]) throw new TaskError('OPTION_INVALID', `${name} would have a side of ${longest} pixels, and ${IMAGE_FORMAT_NAMES[format]} ends at ${LONGEST[format]}. Choose a smaller size or another format.`);
  if (size.width * size.height * info.pages > MOST_PIXELS) throw new TaskError('OPTION_INVALID', `${name} would get more than a thousand million pixels. Choose a smaller size.`);
  const { position, quality, lossless, background, colour, metadata, dpi } = options;
  const xmp = metadata === 'strip-location' && info.xmp !== null ? withoutPlaces(info.xmp) : null;
  return { rendering: { crop, geometry, position, format, quality, lossless, background, colour, metadata, xmp, dpi, threads }, size, pages: info.pages };
}

function cropOf(text: string | null, picture: Size, name: string): Area | null {
  if (text === null) return null;
  const area = parseArea(text);
  if (area === null || area.left + area.width > picture.width || area.top + area.height > picture.height) {
    throw new TaskError('OPTION_INVALID', `The cut ${text} does not lie within ${name}, which has ${picture.width} × ${picture.height} pixels. Choose a smaller one.`);
  }
  return area;
}

/** Whether the quality of a format can be lowered to make a file smaller. */
export function hasQuality({ format, lossless }: Rendering): boolean {
  return !lossless && (format === 'jpeg' || format === 'webp' || format === 'avif');
}
