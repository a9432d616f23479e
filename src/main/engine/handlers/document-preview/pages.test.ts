import { describe, expect, it } from 'vitest';
import { documentPreviewOptions } from '../../../../shared/document-options.ts';
import { estimateDocument } from './estimate.ts';
import { cellPixels, PAGE_PIXELS_LIMIT, pagePixels, thumbnailPixels, wantedPages } from './pages.ts';

const A4 = { widthPoints: 595, heightPoints: 842 };

describe('wantedPages', () => {
  it.each([['all', [0, 1, 2, 3, 4]], ['2', [1]], ['4-', [3, 4]], ['2-3,2,5', [1, 2, 4]], ['3-99', [2, 3, 4]], ['0', null], ['6', null], ['4-2', null]])('%s', (range, pages) => {
    expect(wantedPages(range, 5)).toEqual(pages);
  });

  it('does not count to the end of a range that no document has', () => {
    expect(wantedPages('1-999999,2-999999', 3)).toEqual([0, 1, 2]);
  });
});

it('sizes of pictures keep the shape of the page and stay within limits', () => {
  expect(pagePixels(A4, { dpi: 72, width: null })).toEqual({ width: 595, height: 842, isLimited: false });
  expect(pagePixels(A4, { dpi: 72, width: 100 })).toEqual({ width: 100, height: 142, isLimited: false });
  const wall = pagePixels({ widthPoints: 14_400, heightPoints: 14_400 }, { dpi: 600, width: null });
  expect(wall.isLimited).toBe(true);
  expect(wall.width * wall.height).toBeLessThanOrEqual(PAGE_PIXELS_LIMIT);
  const strip = pagePixels({ widthPoints: 1, heightPoints: 14_400 }, { dpi: 600, width: 1000 });
  expect(strip.height).toBeLessThanOrEqual(16_000);
  expect(strip.width).toBeGreaterThanOrEqual(1);
  expect(thumbnailPixels(A4, null)).toEqual({ width: 512, height: 725 });
  expect(cellPixels({ widthPoints: 100, heightPoints: 10_000 }, null).height).toBeLessThanOrEqual(720);
});

it('the forecast grows with pages and dots, and knows that a thumbnail needs one page', () => {
  const seconds = (options: object, pages: number | null): number => estimateDocument({ options: documentPreviewOptions.parse(options), pages, sizeBytes: 6_000_000 }).seconds;
  expect(seconds({ what: ['pages'] }, 200)).toBeGreaterThan(seconds({ what: ['pages'] }, 20));
  expect(seconds({ what: ['pages'], dpi: 300 }, 20)).toBeGreaterThan(seconds({ what: ['pages'] }, 20));
  expect(seconds({ what: ['pages'] }, null)).toBeCloseTo(seconds({ what: ['pages'] }, 100), 5);
  expect(seconds({ what: ['thumbnail'] }, 200)).toBeLessThan(5);
});
