/** Which pages are wanted and how large their pictures become. Plain values in and out. */
import type { DocumentPreviewOptions } from '../../../../shared/document-options.ts';

export interface PageSize {
  readonly widthPoints: number;
  readonly heightPoints: number;
}
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** A0 at 150 dpi. With its copies a picture takes sixteen bytes a pixel. */
export const PAGE_PIXELS_LIMIT = 36_000_000;
const SIDE_LIMIT = 16_000;
const POINTS_PER_INCH = 72;
const THUMBNAIL_WIDTH = 512;
const CELL_WIDTH = 240;

/** Numbers from 0, ascending, each once; null: the range names no page that there is. */
export function wantedPages(range: string, pageCount: number): number[] | null {
  if (range === 'all') return Array.from({ length: pageCount }, (_, index) => index);
  const wanted = new Set<number>();
  for (const piece of range.split(',')) {
    const [first = '', last] = piece.split('-');
    const from = Math.max(1, Number(first));
    const to = Math.min(pageCount, last === undefined ? Number(first) : last === '' ? pageCount : Number(last));
    for (let page = from; page <= to; page += 1) wanted.add(page - 1);
  }
  return wanted.size === 0 ? null : [...wanted].sort((a, b) => a - b);
}

/** The picture of a page. isLimited: it is smaller than was asked for, as it would be too large. */
export function pagePixels(page: PageSize, { dpi, width }: Pick<DocumentPreviewOptions, 'dpi' | 'width'>): PixelSize & { isLimited: boolean } {
  const wished = width === null ? scaled(page, dpi / POINTS_PER_INCH) : scaled(page, width / page.widthPoints);
  const factor = Math.min(1, Math.sqrt(PAGE_PIXELS_LIMIT / (wished.width * wished.height)), SIDE_LIMIT / Math.max(wished.width, wished.height));
  if (factor === 1) return { ...wished, isLimited: false };
  return { width: Math.max(1, Math.floor(wished.width * factor)), height: Math.max(1, Math.floor(wished.height * factor)), isLimited: true };
}

export function thumbnailPixels(page: PageSize, width: number | null): PixelSize {
  return smallPixels(page, width ?? THUMBNAIL_WIDTH);
}

export function cellWidth(width: number | null): number {
  return width ?? CELL_WIDTH;
}

/** A page on the contact sheet: as wide as its cell, or narrower where it would be very high. */
export function cellPixels(page: PageSize, width: number | null): PixelSize {
  const size = smallPixels(page, cellWidth(width));
  const factor = Math.min(1, (3 * cellWidth(width)) / size.height);
  return factor === 1 ? size : { width: Math.max(1, Math.round(size.width * factor)), height: Math.max(1, Math.round(size.height * factor)) };
}

function smallPixels(page: PageSize, width: number): PixelSize {
  const { width: wide, height } = pagePixels(page, { dpi: POINTS_PER_INCH, width });
  return { width: wide, height };
}

function scaled({ widthPoints, heightPoints }: PageSize, factor: number): PixelSize {
  return { width: Math.max(1, Math.round(widthPoints * factor)), height: Math.max(1, Math.round(heightPoints * factor)) };
}
