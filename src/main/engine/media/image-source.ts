/** Opens a user's file as a picture, whatever it is called: by its content, within limits that are checked before anything is unpacked. */
import { readFileSync, statSync } from 'node:fs';
import { extname } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from './display-name.ts';
import { FileWindow } from './file-window.ts';
import { decodeHeic } from './heic.ts';
import { notAPicture, tooLarge } from './image-errors.ts';
import type { ImageHeader } from './image-facts.ts';
import { imageHeaderOf, isSvgHead } from './image-header.ts';
import { isTurned } from './image-header-iso.ts';
import { MOST_PIXELS, MOST_WHOLE_PIXELS, readImage, type ImageInfo, type ImageSource } from './images.ts';
import { isCameraRaw, largestPreview } from './raw-preview.ts';

export interface OpenedImage {
  readonly source: ImageSource;
  readonly info: ImageInfo;
  /** What the file is; info tells of what is read in its place. */
  readonly kind: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif' | 'heic' | 'svg' | 'raw';
  /** What is not quite as its user may think, in a sentence each. */
  readonly remarks: readonly string[];
}

export interface OpenWish {
  readonly path: string;
  readonly pages: 'all' | 'first';
  readonly ffmpegPath: string;
  readonly signal: AbortSignal;
  /** Gives a path for a picture that has to be decoded first; asked for only then. */
  readonly scratch: () => string;
}

/** An SVG is text: the largest maps are some megabytes. */
const MOST_SVG_BYTES = 32 << 20;
/** The JPEG of a 100-megapixel camera. */
const MOST_PREVIEW_BYTES = 200 << 20;
/** Drawn at its own size, an SVG that says none gets 100 to 300 pixels; more comes from the wish. */
const USUAL_DENSITY = 72;

/** Throws one of the INPUT_ errors, or TOOL_MISSING for HEIC. */
export async function openImage(wish: OpenWish): Promise<OpenedImage> {
  const { path } = wish;
  const name = displayName(path);
  const found = await FileWindow.over(path, (window) => look(window, path, name), { isBlocking: true });
  switch (found.kind) {
    case 'raw':
      return await openPreview(path, found.preview);
    case 'gzip':
      return await openSvg(path, await unpacked(path, name));
    case 'none':
      throw found.error;
    case 'picture':
      if (found.header.format === 'svg') return await openSvg(path, svgBytes(path, name));
      refuseTooLarge(found.header, name);
      return found.header.format === 'heic' ? await openHeic(wish) : await openFile(wish, found.header.format);
  }
}

type Found =
  | { readonly kind: 'raw'; readonly preview: Preview }
  | { readonly kind: 'gzip' }
  | { readonly kind: 'picture'; readonly header: ImageHeader }
  | { readonly kind: 'none'; readonly error: TaskError };

async function look(window: FileWindow, path: string, name: string): Promise<Found> {
  if (await isCameraRaw(window, extname(path).slice(1).toLowerCase())) return { kind: 'raw', preview: await previewOf(window, name) };
  const head = await window.bytes(0, 16);
  if (head[0] === 0x1f && head[1] === 0x8b) return { kind: 'gzip' };
  const header = await imageHeaderOf(window);
  return header === null ? { kind: 'none', error: whatIsWrong(head, name) } : { kind: 'picture', header };
}

/** The source again, drawn so large that it has at least so many pixels across: an SVG has no pixels of its own. */
export function drawnAt(opened: OpenedImage, scale: number): OpenedImage {
  if (opened.kind !== 'svg' || scale <= 1) return opened;
  const density = Math.min(100_000, USUAL_DENSITY * scale);
  const grown = { width: Math.round((opened.info.width * density) / USUAL_DENSITY), height: Math.round((opened.info.height * density) / USUAL_DENSITY) };
  return { ...opened, source: { ...opened.source, density }, info: { ...opened.info, ...grown } };
}

async function openFile(wish: OpenWish, kind: OpenedImage['kind']): Promise<OpenedImage> {
  // Of an AVIF the primary picture: what else is in it are thumbnails and masks.
  const source: ImageSource = { path: wish.path, bytes: null, pages: kind === 'avif' ? 'first' : wish.pages, density: null, orientation: null };
  const info = await readImage(source).catch(async (error: unknown) => {
    // Pages of several sizes can't be read as one.
    if (kind !== 'tiff' || wish.pages === 'first') throw error;
    return null;
  });
  if (info === null) {
    const first: ImageSource = { ...source, pages: 'first' };
    return { source: first, info: await readImage(first), kind, remarks: ['Its pages differ in size or kind, so only the first one was taken.'] };
  }
  refuseManyPixels(info, kind, displayName(wish.path));
  if (info.isHevc) return await openHeic(wish);
  return { source, info, kind, remarks: [] };
}

/** All frames together, as far as they are unpacked together. */
function refuseManyPixels({ width, height, pages }: ImageInfo, kind: OpenedImage['kind'], name: string): void {
  const most = pages > 1 && kind !== 'tiff' ? MOST_WHOLE_PIXELS * 2 : MOST_PIXELS;
  if (width * height * pages > most) throw tooLarge(name, { details: `${width}x${height}, ${pages} frames` });
}

function refuseTooLarge({ format, width, height, isProgressive }: ImageHeader, name: string): void {
  if (width < 1 || height < 1) throw new TaskError('INPUT_DAMAGED', `${name} is damaged: it says that it has no pixels. Copy or download it again.`);
  const isWhole = isProgressive || format === 'webp' || format === 'avif' || format === 'heic';
  if (width * height > (isWhole ? MOST_WHOLE_PIXELS : MOST_PIXELS)) throw tooLarge(name, { details: `${width}x${height}` });
}

async function openSvg(path: string, bytes: Buffer): Promise<OpenedImage> {
  // Only its bytes: with a path it could show what lies beside it. Other files, hosts and entities are refused by librsvg then.
  const source: ImageSource = { path, bytes, pages: 'first', density: null, orientation: null };
  const info = await readImage(source);
  if (info.width * info.height > MOST_WHOLE_PIXELS) throw tooLarge(displayName(path), { details: `${info.width}x${info.height}` });
  return { source, info, kind: 'svg', remarks: [] };
}

function svgBytes(path: string, name: string): Buffer {
  const { size } = statSync(path);
  if (size > MOST_SVG_BYTES) throw new TaskError('INPUT_NOT_ALLOWED', `${name} has ${Math.round(size / 1e6)} MB, more than any drawing needs (32 MB). Simplify it with the program that it comes from.`);
  return readFileSync(path);
}

const unzip = promisify(gunzip);

async function unpacked(path: string, name: string): Promise<Buffer> {
  const bytes = await unzip(svgBytes(path, name), { maxOutputLength: MOST_SVG_BYTES }).catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') throw new TaskError('INPUT_NOT_ALLOWED', `${name} unpacks to more than 32 MB, as files made to harm do. Choose another file.`, { cause });
    throw notAPicture(name, { cause });
  });
  if (!isSvgHead(bytes.subarray(0, 1_024))) throw notAPicture(name);
  return bytes;
}

async function openHeic({ path, scratch, ffmpegPath, signal }: OpenWish): Promise<OpenedImage> {
  const own: ImageSource = { path, bytes: null, pages: 'first', density: null, orientation: null };
  const info = await readImage(own);
  const outputPath = scratch();
  await decodeHeic({ path, size: info, outputPath, ffmpegPath, signal, isTurned: await FileWindow.over(path, isTurned) });
  const source: ImageSource = { ...own, path: outputPath };
  return { source, info: { ...(await readImage(source)), exif: null, xmp: null }, kind: 'heic', remarks: info.exif === null ? [] : ['Camera data of HEIC pictures are not carried over.'] };
}

interface Preview {
  readonly bytes: Buffer;
  readonly orientation: number;
}

async function previewOf(window: FileWindow, name: string): Promise<Preview> {
  const preview = await largestPreview(window);
  if (preview === null || preview.sizeBytes > MOST_PREVIEW_BYTES) throw new TaskError('INPUT_DAMAGED', `${name} is camera raw without a preview that can be shown, or it was cut short. Save it as JPEG or TIFF with the camera's program.`);
  const pieces: Buffer[] = [];
  for (let at = 0; at < preview.sizeBytes; ) {
    const piece = Buffer.from(await window.bytes(preview.at + at, Math.min(1 << 20, preview.sizeBytes - at)));
    if (piece.length === 0) break;
    pieces.push(piece);
    at += piece.length;
  }
  return { bytes: Buffer.concat(pieces), orientation: preview.orientation };
}

async function openPreview(path: string, { bytes, orientation }: Preview): Promise<OpenedImage> {
  const plain: ImageSource = { path, bytes, pages: 'first', density: null, orientation: null };
  const own = await readImage(plain);
  // What the preview says of itself is what its camera meant.
  const source: ImageSource = own.saysOrientation ? plain : { ...plain, orientation };
  const info = await readImage(source);
  if (info.width * info.height > MOST_PIXELS) throw tooLarge(displayName(path));
  return { source, info, kind: 'raw', remarks: [`It is camera raw: the preview that the camera put into it was taken, ${info.width} × ${info.height} pixels.`] };
}

/** Of a file that no header is known of: a picture that was cut short, or something else. */
function whatIsWrong(head: Buffer, name: string): TaskError {
  const isPicture = /^(\xff\xd8\xff|\x89PNG|GIF8|RIFF[^]{4}WEBP|II[*+]\x00|MM\x00[*+]|[^]{4}ftyp(heic|heix|mif1|avif|avis))/.test(head.toString('latin1'));
  return isPicture ? new TaskError('INPUT_DAMAGED', `${name} is damaged or was cut short: its header does not say how large it is. Copy or download it again.`) : notAPicture(name);
}
