/**
 * Reads, changes and writes pictures with libvips. The only user of sharp, which is loaded when the first picture comes: workers that never see one do not
 * pay for it, and where it can't be loaded only pictures fail.
 */
import type sharpLibrary from 'sharp';
import type { Metadata, Sharp, SharpOptions } from 'sharp';
import { TaskError } from '../../../shared/errors.ts';
import { imageFailure } from './image-errors.ts';
import type { Area, Geometry, Size } from './image-geometry.ts';

/** A file's path, or its bytes where only they may be read (SVG, whose path would let it name neighbours; previews out of raw files). */
export interface ImageSource {
  readonly path: string;
  readonly bytes: Buffer | null;
  /** All frames, or the first. */
  readonly pages: 'all' | 'first';
  /** Dots per inch that an SVG is drawn at; null: as it says. */
  readonly density: number | null;
  /** What the file around it says of how it is to be turned (EXIF's 1–8), where the picture itself does not. */
  readonly orientation: number | null;
}

export interface ImageInfo extends Size {
  /** Of one frame, upright: width and height. */
  readonly format: string;
  readonly pages: number;
  readonly hasAlpha: boolean;
  /** CMYK and the like must become RGB for most formats. */
  readonly isPrintColour: boolean;
  readonly isHevc: boolean;
  /** Whether it says itself how it is to be turned. */
  readonly saysOrientation: boolean;
  readonly exif: Buffer | null;
  readonly xmp: string | null;
}

/** Everything about an output but where it goes. */
export interface Rendering {
  readonly crop: Area | null;
  readonly geometry: Geometry | null;
  readonly position: 'centre' | 'attention' | 'top' | 'bottom' | 'left' | 'right';
  readonly format: 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'tiff';
  /** 1–100 of the format's scale; null: usual. */
  readonly quality: number | null;
  readonly lossless: boolean;
  /** Behind transparency where it can't be kept, and in frames. transparent or #rrggbb. */
  readonly background: string;
  readonly colour: 'keep' | 'srgb';
  readonly metadata: 'keep' | 'strip' | 'strip-location';
  /** What takes the place of the picture's XMP with strip-location. */
  readonly xmp: string | null;
  readonly dpi: number | null;
  /** Threads that an encoder may use. */
  readonly threads: number;
}

/** More pixels than these are refused, all frames together: a gigapixel. */
export const MOST_PIXELS = 1_000_000_000;
/** Formats and ways of writing that are unpacked as a whole take some bytes of memory for each pixel. */
export const MOST_WHOLE_PIXELS = 250_000_000;
/** A picture takes seconds, AVIF of hundreds of megapixels minutes. */
const TIMEOUT_SECONDS = 1_200;
/** CMYK with transparency has five; science has more, and no screen. */
const MOST_CHANNELS = 5;

/** Readers of libvips that may be used at all; of SVG only the one that knows no place to look for neighbours. What else it was built with (its own format, FITS, matrices …) is never tried on a user's file. */
const READERS = ['JpegFile', 'JpegBuffer', 'PngFile', 'PngBuffer', 'WebpFile', 'WebpBuffer', 'NsgifFile', 'NsgifBuffer', 'TiffFile', 'TiffBuffer', 'HeifFile', 'HeifBuffer', 'SvgBuffer'].map((name) => `VipsForeignLoad${name}`);

type Library = typeof sharpLibrary;
let loaded: Promise<Library> | undefined;

/** Throws TOOL_MISSING where this system or this Node can't load it. */
export function library(): Promise<Library> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    // Each task reads another picture.
    sharp.cache(false);
    // For headers and checks; writing sets its own.
    sharp.concurrency(1);
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: READERS });
    return sharp;
  }).catch((cause: unknown) => {
    loaded = undefined;
    throw new TaskError('TOOL_MISSING', 'The library for pictures (sharp with libvips) can\'t be loaded on this system. Run the set-up again; see what `longhaul doctor` says.', { cause, details: cause instanceof Error ? cause.message : String(cause) });
  });
  return loaded;
}

/** What it is, by its headers. Throws one of the INPUT_ errors. */
export async function readImage(source: ImageSource): Promise<ImageInfo> {
  const sharp = await library();
  try {
    return infoOf(await open(sharp, source).metadata(), source);
  } catch (error) {
    throw imageFailure(error, source.path);
  }
}

/** Writes the picture to a file. Throws INPUT_ errors, DISK_FULL. */
export async function writeImage(source: ImageSource, rendering: Rendering, info: ImageInfo, outputPath: string): Promise<{ sizeBytes: number }> {
  const sharp = await library();
  try {
    // Reading, scaling and writing go on side by side; AVIF's encoder makes use of more.
    sharp.concurrency(rendering.format === 'avif' ? rendering.threads : Math.min(2, rendering.threads));
    const { size } = await encoded(shaped(open(sharp, source), source, rendering, info), rendering, info).timeout({ seconds: TIMEOUT_SECONDS }).toFile(outputPath);
    return { sizeBytes: size };
  } catch (error) {
    throw imageFailure(error, source.path);
  }
}

/** A picture of so many pixels is unpacked into memory to see that it can be; of a larger one each pixel is, but only one kept. */
const MOST_UNPACKED_PIXELS = 4_000_000;

/** Decodes all of a picture, strictly, and says what comes out of it: of each frame, and how many. Throws an Error with libvips' words. */
export async function decodeImage(path: string, expected: Size & { readonly pages: number }): Promise<Size & { readonly pages: number }> {
  const sharp = await library();
  const image = open(sharp, { path, bytes: null, pages: expected.pages > 1 ? 'all' : 'first', density: null, orientation: null }, 'warning');
  if (expected.width * expected.height * expected.pages <= MOST_UNPACKED_PIXELS) {
    const { info } = await image.raw().timeout({ seconds: TIMEOUT_SECONDS }).toBuffer({ resolveWithObject: true });
    // Frames come out as one tall picture: as many as its height holds.
    return { width: info.width, height: expected.height, pages: info.height / expected.height };
  }
  const { width, height, pageHeight, pages = 1 } = await image.metadata();
  await image.resize(1, 1, { fit: 'fill', kernel: 'nearest', fastShrinkOnLoad: false }).raw().timeout({ seconds: TIMEOUT_SECONDS }).toBuffer();
  return { width, height: expected.pages > 1 ? (pageHeight ?? height / pages) : height, pages: expected.pages > 1 ? pages : 1 };
}

/** The EXIF block of a picture that was written here, with the letters before it where its format has them; null: it has none. */
export async function readExif(path: string): Promise<Buffer | null> {
  const sharp = await library();
  return (await sharp(path).metadata()).exif ?? null;
}

function open(sharp: Library, source: ImageSource, failOn: 'error' | 'warning' = 'error'): Sharp {
  const options: SharpOptions = {
    failOn, limitInputPixels: MOST_PIXELS, limitInputChannels: MOST_CHANNELS, sequentialRead: true,
    ...(source.pages === 'all' ? { pages: -1 } : {}), ...(source.density === null ? {} : { density: source.density }),
  };
  return sharp(source.bytes ?? source.path, options);
}

function infoOf(metadata: Metadata, source: ImageSource): ImageInfo {
  const pages = source.pages === 'all' ? (metadata.pages ?? 1) : 1;
  const own = metadata.orientation ?? 1;
  const isSideways = own > 1 ? own >= 5 : (source.orientation ?? 1) >= 5;
  const height = pages > 1 ? (metadata.pageHeight ?? Math.floor(metadata.height / pages)) : metadata.height;
  return {
    format: metadata.format === 'heif' ? (metadata.compression === 'av1' ? 'avif' : 'heic') : metadata.format,
    width: isSideways ? height : metadata.width, height: isSideways ? metadata.width : height,
    pages, hasAlpha: metadata.hasAlpha, isPrintColour: metadata.space === 'cmyk', isHevc: metadata.compression === 'hevc', saysOrientation: metadata.orientation !== undefined,
    exif: metadata.exif ?? null, xmp: metadata.xmpAsString ?? null,
  };
}

/** Upright, cut, scaled, framed, and without transparency where the format has none. */
function shaped(image: Sharp, source: ImageSource, { crop, geometry, position, background, format, ...rest }: Rendering, info: ImageInfo): Sharp {
  // Frames of an animation are one tall picture to libvips, which can't be turned; no camera writes such.
  let next = info.pages > 1 ? image : upright(image, source);
  if (crop !== null) next = next.extract(crop);
  if (geometry !== null) {
    next = next.resize({ ...geometry.scaled, fit: geometry.isCut ? 'cover' : 'fill', position: info.pages > 1 && position === 'attention' ? 'centre' : position, background });
    if (geometry.frame !== null) next = framed(next, geometry.scaled, geometry.frame, colourOf(background, format));
  }
  if (info.hasAlpha && format === 'jpeg') next = next.flatten({ background: colourOf(background, 'jpeg') });
  return described(next, { ...rest, format }, info);
}

/** Turned by what the picture says, else by what the file around it says. */
function upright(image: Sharp, { orientation }: ImageSource): Sharp {
  if (orientation === null || orientation === 1) return image.autoOrient();
  const degrees = [0, 0, 0, 180, 180, 90, 90, 270, 270][orientation] ?? 0;
  const isMirrored = [2, 4, 5, 7].includes(orientation);
  const turned = image.rotate(degrees);
  return isMirrored ? turned.flop() : turned;
}

function framed(image: Sharp, scaled: Size, frame: Area, background: string | { r: number; g: number; b: number; alpha: number }): Sharp {
  return image.extend({ left: frame.left, top: frame.top, right: frame.width - scaled.width - frame.left, bottom: frame.height - scaled.height - frame.top, background });
}

/** Formats without transparency take white for it. */
function colourOf(background: string, format: Rendering['format']): string | { r: number; g: number; b: number; alpha: number } {
  if (background !== 'transparent') return background;
  return format === 'jpeg' ? '#ffffff' : { r: 0, g: 0, b: 0, alpha: 0 };
}

function described(image: Sharp, { metadata, colour, xmp, dpi }: Pick<Rendering, 'metadata' | 'colour' | 'xmp' | 'dpi'> & Partial<Rendering>, info: ImageInfo): Sharp {
  // Without a profile to keep libvips converts to sRGB. Print colours have no profile in RGB.
  const keepsProfile = colour === 'keep' && !info.isPrintColour;
  let next = image;
  if (metadata === 'keep' && keepsProfile) next = next.keepMetadata();
  else {
    if (keepsProfile) next = next.keepIccProfile();
    if (metadata !== 'strip' && info.exif !== null) next = next.keepExif();
    if (metadata === 'keep' && info.xmp !== null) next = next.keepXmp();
    if (metadata === 'strip-location' && xmp !== null) next = next.withXmp(xmp);
  }
  return dpi === null ? next : next.withDensity(dpi);
}

/** What is usual: hard to tell from the source at a fraction of its size. */
const USUAL_QUALITY = { jpeg: 82, webp: 80, avif: 55 } as const;
/** Above this the eye sees colour at half resolution. */
const FULL_COLOUR_QUALITY = 90;
const MILLIMETRES_PER_INCH = 25.4;

function encoded(image: Sharp, { format, quality, lossless, dpi }: Rendering, info: ImageInfo): Sharp {
  switch (format) {
    case 'jpeg': {
      const chosen = quality ?? USUAL_QUALITY.jpeg;
      return image.jpeg({ quality: chosen, chromaSubsampling: chosen >= FULL_COLOUR_QUALITY ? '4:4:4' : '4:2:0' });
    }
    case 'png':
      return quality === null || quality === 100 ? image.png() : image.png({ palette: true, quality });
    case 'webp':
      return image.webp({ quality: quality ?? USUAL_QUALITY.webp, lossless });
    case 'avif':
      return image.avif({ quality: quality ?? USUAL_QUALITY.avif, lossless });
    case 'gif':
      return image.gif();
    case 'tiff': {
      const resolution = dpi === null ? {} : { xres: dpi / MILLIMETRES_PER_INCH, yres: dpi / MILLIMETRES_PER_INCH, resolutionUnit: 'inch' as const };
      // JPEG in TIFF has no transparency.
      return quality === null || info.hasAlpha ? image.tiff({ compression: 'lzw', predictor: 'horizontal', ...resolution }) : image.tiff({ compression: 'jpeg', quality, ...resolution });
    }
  }
}
