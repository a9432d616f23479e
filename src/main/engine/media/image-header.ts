/**
 * What a picture's own headers say, read without a decoder: format, size, frames. It costs a few kilobytes of reading, so it forecasts thousands of files; and
 * as it shares no code with libvips, it is the second opinion on what libvips wrote.
 *
 * Formats: JPEG (ITU-T T.81), PNG (W3C), GIF89a, WebP container (RFC 9649), TIFF 6.0 and BigTIFF, ISO 23008-12 (HEIF, AVIF).
 */
import { FileWindow } from './file-window.ts';
import type { ImageHeader } from './image-facts.ts';
import { readIsoImage } from './image-header-iso.ts';
import { readTiffImage } from './image-header-tiff.ts';

export interface HeaderWish {
  /** Goes through all of the file where its format has no count of frames. */
  readonly isCounting?: boolean;
  /** Whether reading may hold up the thread; see FileWindow. */
  readonly isBlocking?: boolean;
}

/** Frames are told apart one by one; a picture with more is a trap. */
const MOST_PAGES = 100_000;
/** Who goes through all of a file reads it in larger pieces. */
const COUNTING_WINDOW_BYTES = 65_536;

/** Null: no picture of a known format, or its headers are damaged. Throws what opening throws. */
export function readImageHeader(path: string, { isCounting = false, isBlocking = false }: HeaderWish = {}): Promise<ImageHeader | null> {
  return FileWindow.over(path, (window) => imageHeaderOf(window, isCounting), { isBlocking, ...(isCounting ? { windowBytes: COUNTING_WINDOW_BYTES } : {}) });
}

/** The same of a file that is open. */
export async function imageHeaderOf(window: FileWindow, isCounting = false): Promise<ImageHeader | null> {
  const head = await window.bytes(0, 1_024);
  const ascii = head.toString('latin1');
  if (/^\xff\xd8\xff/.test(ascii)) return await readJpegHeader(window, 0);
  if (/^\x89PNG\r\n\x1a\n/.test(ascii)) return readPng(head);
  if (/^GIF8[79]a/.test(ascii)) return await readGif(window, head, isCounting);
  if (/^RIFF[^]{4}WEBP/.test(ascii)) return await readWebp(window, head, isCounting);
  if (/^(II[*+]\x00|MM\x00[*+])/.test(ascii)) return await readTiffImage(window, isCounting ? MOST_PAGES : 0);
  if (/^[^]{4}ftyp/.test(ascii)) return await readIsoImage(window);
  return isSvgHead(head) ? { format: 'svg', width: 0, height: 0, pages: 1, isProgressive: false } : null;
}

/** XML whose first element is svg, or a gzip of something (what, is seen when it is unpacked). */
export function isSvgHead(head: Buffer): boolean {
  const text = head.toString('latin1').replace(/\u0000/g, '');
  return /^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(<\?xml[^]*?\?>\s*)?((<!--[^]*?-->|<!DOCTYPE\s+svg[^[>]*(\[[^\]]*\]\s*)?>|<\?[^]*?\?>)\s*)*<(svg:)?svg[\s>]/i.test(text) || /^(\xef\xbb\xbf)?\s*(<\?xml[^]*?\?>\s*)?(<!--[^]*?-->\s*)*<!DOCTYPE\s+svg\b/i.test(text);
}

/** The first frame header of the JPEG that begins there; null: none, or one without colours that decoders know (lossless, arithmetic). */
export async function readJpegHeader(window: FileWindow, start: number): Promise<ImageHeader | null> {
  let at = start + 2;
  for (;;) {
    const segment = await window.bytes(at, 10);
    if (segment.length < 4 || segment[0] !== 0xff) return null;
    const marker = segment[1] ?? 0;
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else if (marker === 0xd9 || marker === 0xda) return null;
    else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      if (segment.length < 9 || marker > 0xc2) return null;
      return { format: 'jpeg', height: segment.readUInt16BE(5), width: segment.readUInt16BE(7), pages: 1, isProgressive: marker === 0xc2 };
    } else at += 2 + segment.readUInt16BE(2);
  }
}

function readPng(head: Buffer): ImageHeader | null {
  if (head.length < 29 || head.toString('latin1', 12, 16) !== 'IHDR') return null;
  return { format: 'png', width: head.readUInt32BE(16), height: head.readUInt32BE(20), pages: 1, isProgressive: head[28] === 1 };
}

async function readGif(window: FileWindow, head: Buffer, isCounting: boolean): Promise<ImageHeader | null> {
  if (head.length < 13) return null;
  const pages = isCounting ? await countGifFrames(window, 13 + colourTableBytes(head[10] ?? 0)) : null;
  return { format: 'gif', width: head.readUInt16LE(6), height: head.readUInt16LE(8), pages, isProgressive: true };
}

/** Null: a block that is none. */
async function countGifFrames(window: FileWindow, start: number): Promise<number | null> {
  let [at, frames] = [start, 0];
  while (frames <= MOST_PAGES) {
    const block = await window.bytes(at, 10);
    switch (block[0]) {
      case undefined:
      case 0x3b:
        return frames;
      case 0x21:
        at = await afterSubBlocks(window, at + 2);
        break;
      case 0x2c:
        if (block.length < 10) return frames;
        frames += 1;
        at = await afterSubBlocks(window, at + 11 + colourTableBytes(block[9] ?? 0));
        break;
      default:
        return null;
    }
  }
  return frames;
}

async function afterSubBlocks(window: FileWindow, start: number): Promise<number> {
  let at = start;
  for (;;) {
    const [length] = await window.bytes(at, 1);
    at += 1 + (length ?? 0);
    if (length === undefined || length === 0) return at;
  }
}

function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1);
}

async function readWebp(window: FileWindow, head: Buffer, isCounting: boolean): Promise<ImageHeader | null> {
  if (head.length < 30) return null;
  const size = webpSize(head);
  if (size === null) return null;
  const isAnimated = head.toString('latin1', 12, 16) === 'VP8X' && ((head[20] ?? 0) & 2) !== 0;
  const pages = !isAnimated ? 1 : isCounting ? await countWebpFrames(window) : null;
  return { format: 'webp', ...size, pages, isProgressive: false };
}

function webpSize(head: Buffer): { width: number; height: number } | null {
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8X':
      return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 };
    case 'VP8L': {
      const bits = head.readUInt32LE(21);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8 ':
      return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff };
    default:
      return null;
  }
}

async function countWebpFrames(window: FileWindow): Promise<number> {
  let [at, frames] = [12, 0];
  while (frames <= MOST_PAGES) {
    const chunk = await window.bytes(at, 8);
    if (chunk.length < 8) return frames;
    if (chunk.toString('latin1', 0, 4) === 'ANMF') frames += 1;
    const length = chunk.readUInt32LE(4);
    at += 8 + length + (length % 2);
  }
  return frames;
}
