/** Size of a HEIF or AVIF picture by its boxes (ISO 14496-12, ISO 23008-12). */
import type { FileWindow } from './file-window.ts';
import type { ImageHeader } from './image-facts.ts';

export interface Box {
  readonly type: string;
  /** Where its contents begin and end. */
  readonly start: number;
  readonly end: number;
}

/** Files have a handful; one with more is made to keep readers busy. */
const MOST_BOXES = 10_000;

/** The boxes between two places, in their order, until one does not fit. */
export async function boxesOf(window: FileWindow, start: number, end: number): Promise<Box[]> {
  const boxes: Box[] = [];
  let at = start;
  while (at + 8 <= end && boxes.length < MOST_BOXES) {
    const head = await window.bytes(at, 16);
    if (head.length < 8) break;
    const [small, type] = [head.readUInt32BE(0), head.toString('latin1', 4, 8)];
    const isLarge = small === 1 && head.length >= 16;
    const size = isLarge ? Number(head.readBigUInt64BE(8)) : small === 0 ? end - at : small;
    if (size < (isLarge ? 16 : 8) || at + size > end) break;
    boxes.push({ type, start: at + (isLarge ? 16 : 8), end: at + size });
    at += size;
  }
  return boxes;
}

/** Null: another kind of file with such boxes, a film among them. */
export async function readIsoImage(window: FileWindow): Promise<ImageHeader | null> {
  const top = await boxesOf(window, 0, window.sizeBytes);
  const [brands, meta] = [top.find(({ type }) => type === 'ftyp'), top.find(({ type }) => type === 'meta')];
  if (brands === undefined) return null;
  const names = (await window.bytes(brands.start, Math.min(256, brands.end - brands.start))).toString('latin1');
  if (!/heic|heix|heim|heis|hevc|hevx|mif1|msf1|avif|avis/.test(names)) return null;
  const size = meta === undefined ? null : await largestSize(window, meta);
  return size === null ? null : { format: /avif|avis/.test(names) ? 'avif' : 'heic', ...size, pages: 1, isProgressive: true };
}

/** Of a grid its tiles have sizes too, and thumbnails: the whole is the largest. */
async function largestSize(window: FileWindow, meta: Box): Promise<{ width: number; height: number } | null> {
  const properties = (await boxesOf(window, meta.start + 4, meta.end)).find(({ type }) => type === 'iprp');
  const container = properties && (await boxesOf(window, properties.start, properties.end)).find(({ type }) => type === 'ipco');
  if (container === undefined) return null;
  let largest: { width: number; height: number } | null = null;
  for (const { type, start } of await boxesOf(window, container.start, container.end)) {
    if (type !== 'ispe') continue;
    const bytes = await window.bytes(start, 12);
    if (bytes.length < 12) continue;
    const size = { width: bytes.readUInt32BE(4), height: bytes.readUInt32BE(8) };
    if (largest === null || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}

/** Whether the file asks for its picture to be turned or mirrored (irot, imir). */
export async function isTurned(window: FileWindow): Promise<boolean> {
  const meta = (await boxesOf(window, 0, window.sizeBytes)).find(({ type }) => type === 'meta');
  const properties = meta && (await boxesOf(window, meta.start + 4, meta.end)).find(({ type }) => type === 'iprp');
  const container = properties && (await boxesOf(window, properties.start, properties.end)).find(({ type }) => type === 'ipco');
  const boxes = container === undefined ? [] : await boxesOf(window, container.start, container.end);
  for (const { type, start } of boxes) {
    if (type === 'imir' || (type === 'irot' && (((await window.bytes(start, 1))[0] ?? 0) & 3) !== 0)) return true;
  }
  return false;
}
