/** Writes pictures of pages, puts them together, and opens them again, with the library that media/images.ts loads. */
import type { Sharp } from 'sharp';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from './display-name.ts';
import { library } from './images.ts';
import type { RawPicture } from './pdf.ts';
import { escapeXml } from './text-pages.ts';

export type PictureFormat = 'jpg' | 'png' | 'webp';
/** What a page looks like: its pixels, or an SVG of its size. */
export type Drawing = { readonly raw: RawPicture } | { readonly svg: string };

export interface PictureFile {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly format: PictureFormat;
  /** Of JPEG and WebP, 1–100. */
  readonly quality: number;
}

export interface Cell {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly label: string;
}

export interface SheetWish {
  readonly cells: readonly Cell[];
  readonly columns: number;
  /** Of each cell, in pixels. */
  readonly cellWidth: number;
  readonly title: string;
}

/** What an opened picture turned out to be. */
export interface OpenedPicture {
  readonly format: string;
  readonly width: number;
  readonly height: number;
  /** Whether all of it has one colour. */
  readonly isBlank: boolean;
}

const BACKGROUND = '#e9ebee';
const INK = '#1b1d21';
const FAMILY = "'Noto Sans','DejaVu Sans','Segoe UI','Helvetica Neue',Arial,sans-serif";
/** WebP's longest side is 16,383. */
const SIDE_LIMIT = 16_000;
const SHEET_PIXELS_LIMIT = 120_000_000;

/** Scaled to the wanted size where the drawing has another. */
export async function writePicture(drawing: Drawing, { path, width, height, format, quality }: PictureFile): Promise<void> {
  const sharp = await library();
  const picture = 'raw' in drawing
    ? sharp(drawing.raw.data, { raw: { width: drawing.raw.width, height: drawing.raw.height, channels: 4 }, limitInputPixels: false })
    : sharp(Buffer.from(drawing.svg), { limitInputPixels: SHEET_PIXELS_LIMIT });
  const isScaled = 'raw' in drawing && drawing.raw.width === width && drawing.raw.height === height;
  await encoded((isScaled ? picture : picture.resize(width, height, { fit: 'fill' })).flatten({ background: '#ffffff' }), format, quality).toFile(path);
}

/** Whether words come out as letters: without any font on the machine all of them are the same box. Asked once a process. */
export function hasFonts(): Promise<boolean> {
  fonts ??= lettersDiffer();
  return fonts;
}

let fonts: Promise<boolean> | undefined;

async function lettersDiffer(): Promise<boolean> {
  const sharp = await library();
  const drawn = async (letter: string): Promise<Buffer> => await sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32">${text(letter, 4, 26, 24, 'start')}</svg>`)).raw().toBuffer();
  return !(await drawn('A')).equals(await drawn('W'));
}

/** How many of so many cells fit on one sheet; the highest cell decides a row's height. */
export function cellsThatFit({ cells, columns, cellWidth }: Omit<SheetWish, 'title'>): number {
  const { gap, labelHeight, header, width } = measures(columns, cellWidth);
  let height = header + gap;
  for (let from = 0; from < cells.length; from += columns) {
    height += rowHeight(cells.slice(from, from + columns)) + labelHeight + gap;
    if (height > SIDE_LIMIT || width * height > SHEET_PIXELS_LIMIT) return from;
  }
  return cells.length;
}

/** Pages side by side with their numbers. Returns its size. */
export async function writeSheet(wish: SheetWish, file: Pick<PictureFile, 'path' | 'format' | 'quality'>): Promise<{ width: number; height: number }> {
  const sharp = await library();
  const { cells, columns, cellWidth, title } = wish;
  const { gap, labelHeight, header, width } = measures(columns, cellWidth);
  const placed: { input: string; left: number; top: number }[] = [];
  const texts: string[] = [text(title, gap, header * 0.68, header * 0.42, 'start')];
  let top = header;
  for (let from = 0; from < cells.length; from += columns) {
    const row = cells.slice(from, from + columns);
    const high = rowHeight(row);
    for (const [place, cell] of row.entries()) {
      const left = gap + place * (cellWidth + gap);
      placed.push({ input: cell.path, left: left + Math.floor((cellWidth - cell.width) / 2), top: top + high - cell.height });
      texts.push(text(cell.label, left + cellWidth / 2, top + high + labelHeight * 0.78, labelHeight * 0.6, 'middle'));
    }
    top += high + labelHeight + gap;
  }
  const size = { width, height: top };
  const labels = `<svg xmlns="http://www.w3.org/2000/svg" width="${String(size.width)}" height="${String(size.height)}">${texts.join('')}</svg>`;
  const sheet = sharp({ create: { ...size, channels: 3, background: BACKGROUND } }).composite([...placed, { input: Buffer.from(labels), left: 0, top: 0 }]);
  await encoded(sheet, file.format, file.quality).toFile(file.path);
  return size;
}

/** Reads all of it. Throws OUTPUT_CHECK_FAILED where it can't be read to its end. */
export async function openPicture(path: string, fileName: string): Promise<OpenedPicture> {
  const sharp = await library();
  try {
    const picture = sharp(path, { failOn: 'warning', limitInputPixels: false });
    const { format, width, height } = await picture.metadata();
    // JPEG and WebP are read at a smaller scale, but to their end: what is missing is noticed all the same, in a fraction of the time.
    const small = await picture.resize({ width: Math.max(1, Math.round(width / 8)) }).greyscale().raw().toBuffer();
    return { format, width, height, isBlank: small.every((value) => value === small[0]) };
  } catch (cause) {
    throw new TaskError('OUTPUT_CHECK_FAILED', `The picture ${displayName(fileName)} did not pass its check: it can't be decoded. The task tries again.`, { retryable: true, cause, details: String(cause) });
  }
}

/** Coloured letters blur where colours are stored at half the size. */
function encoded(picture: Sharp, format: PictureFormat, quality: number): Sharp {
  switch (format) {
    case 'jpg': return picture.jpeg({ quality, chromaSubsampling: '4:4:4' });
    case 'png': return picture.png();
    case 'webp': return picture.webp({ quality });
  }
}

function measures(columns: number, cellWidth: number): { gap: number; labelHeight: number; header: number; width: number } {
  const gap = Math.max(4, Math.round(cellWidth / 16));
  return { gap, labelHeight: Math.max(12, Math.round(cellWidth / 11)), header: Math.max(24, Math.round(cellWidth / 5)), width: columns * (cellWidth + gap) + gap };
}

function rowHeight(row: readonly Cell[]): number {
  return row.reduce((high, { height }) => Math.max(high, height), 1);
}

function text(words: string, x: number, y: number, size: number, anchor: 'start' | 'middle'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-family="${FAMILY}" font-size="${size.toFixed(1)}" text-anchor="${anchor}" fill="${INK}">${escapeXml(words)}</text>`;
}
