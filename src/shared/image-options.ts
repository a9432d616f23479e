/** The options of the types that make pictures from pictures. */
import * as z from 'zod';
import { textLike } from './text-like.ts';

/** What a picture can be written as. keep: as it came; what can only be read (SVG, HEIC, camera raw) becomes JPEG, or PNG where it has transparency. */
export const IMAGE_FORMATS = ['keep', 'jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const;
export type ImageFormat = Exclude<(typeof IMAGE_FORMATS)[number], 'keep'>;

/** Replace an existing output file. Off: ` (2)` is added to the name. The input is never overwritten. */
const overwrite = z.boolean().default(false);
/** Pixels. The longest side that JPEG can have; other formats refuse less (WebP: 16,383) and say so. */
const pixels = z.int().min(1).max(65_500);
/** Of the encoder's scale; null: what is usual for the format. */
const quality = z.int().min(1).max(100).nullable().default(null);
/** Behind what is transparent where the format has no transparency, and around a picture that does not fill its frame. */
const background = textLike(/^(transparent|#[0-9a-f]{6})$/i, 'transparent, or a colour like #ffffff');

export const imageConvertOptions = z.strictObject({
  overwrite,
  format: z.enum(IMAGE_FORMATS).default('keep'),
  /** Cut out before anything else: width x height + left + top, in pixels of the upright picture. */
  crop: textLike(/^\d{1,5}x\d{1,5}\+\d{1,5}\+\d{1,5}$/, 'a cut like 800x600+0+120').nullable().default(null),
  /** The new size, by one of: width and/or height, the longest side, a percentage. All null: as it is. */
  width: pixels.nullable().default(null),
  height: pixels.nullable().default(null),
  longestSide: pixels.nullable().default(null),
  percent: z.number().min(1).max(1_000).nullable().default(null),
  /** With both width and height. inside: no larger than both. contain: the same with a frame around it. cover: fills it, the rest is cut off. fill: distorted. */
  fit: z.enum(['inside', 'contain', 'cover', 'fill']).default('inside'),
  /** cover: which part stays. attention: where skin, bright colours and detail are. */
  position: z.enum(['centre', 'attention', 'top', 'bottom', 'left', 'right']).default('centre'),
  /** Make pictures larger than they are to reach the size. */
  enlarge: z.boolean().default(false),
  quality,
  /** WebP and AVIF without loss. */
  lossless: z.boolean().default(false),
  /** The file is at most this large: quality, then size are lowered until it is. Null: as it comes. */
  maxBytes: z.int().min(1_000).max(1_000_000_000).nullable().default(null),
  background: background.default('#ffffff'),
  /** keep: the colour profile as it is. srgb: converted, which every program shows alike. */
  colour: z.enum(['keep', 'srgb']).default('keep'),
  /** Camera data, captions and the like; strip-location: all but where it was taken. The picture is turned upright in any case. */
  metadata: z.enum(['keep', 'strip', 'strip-location']).default('keep'),
  /** Whether all frames of an animation and all pages of a TIFF are kept, where the format can carry them. */
  frames: z.enum(['all', 'first']).default('all'),
  /** Pixels per inch that is written into the file; the pixels stay. */
  dpi: z.int().min(1).max(10_000).nullable().default(null),
});
export type ImageConvertOptions = z.infer<typeof imageConvertOptions>;

export const imageThumbnailOptions = z.strictObject({
  overwrite,
  format: z.enum(['jpeg', 'png', 'webp', 'avif']).default('jpeg'),
  /** Pixels of the longest side, or of both sides with cover. Smaller pictures are not enlarged. */
  size: z.int().min(16).max(4_096).default(320),
  /** inside: the whole picture. cover: a square from its most telling part. */
  fit: z.enum(['inside', 'cover']).default('inside'),
  quality,
  background: background.default('#ffffff'),
});
export type ImageThumbnailOptions = z.infer<typeof imageThumbnailOptions>;
