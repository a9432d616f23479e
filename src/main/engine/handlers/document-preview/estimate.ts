/** Forecasts a preview from the number of pages, or from the file's size where nobody has counted them. Plain values in and out. */
import { documentPreviewOptions, type DocumentPreviewOptions } from '../../../../shared/document-options.ts';
import type { Estimate } from '../../../../shared/task.ts';

export interface DocumentFacts {
  readonly options: DocumentPreviewOptions;
  /** Null: not counted yet. */
  readonly pages: number | null;
  readonly sizeBytes: number;
}

/** Of a PDF with some pictures. */
const BYTES_PER_PAGE = 60_000;
/** PDFium loaded, sharp loaded, LibreOffice perhaps. */
const START_SECONDS = 2;
/** Drawing and writing a million pixels of a page on one core, and reading its words. */
const SECONDS_PER_MEGAPIXEL = 0.05;
const TEXT_SECONDS_PER_PAGE = 0.005;
const BASE_BYTES = 160_000_000;
/** Of a page as it is drawn: in PDFium's memory, copied out of it, and in the encoder, two at a time. */
const BYTES_PER_PIXEL = 20;
/** Of an A4 page, in square inches. */
const PAGE_SQUARE_INCHES = 96.7;
const FILE_BYTES_PER_PIXEL = { jpg: 0.25, png: 0.5, webp: 0.15 } as const;

/** Of a task that waits: by the file's size alone. options: complete, as they are stored. */
export function estimateDocumentTask(options: unknown, sizeBytes: number): Estimate {
  return estimateDocument({ options: documentPreviewOptions.parse(options), pages: null, sizeBytes });
}

export function estimateDocument({ options, pages, sizeBytes }: DocumentFacts): Estimate {
  const isEachWanted = options.what.some((what) => what !== 'thumbnail');
  const counted = pages ?? Math.min(options.maxPages, Math.max(1, Math.ceil(sizeBytes / BYTES_PER_PAGE)));
  const pixels = options.what.includes('pages') ? pagePixels(options) : options.what.includes('contact-sheet') ? 100_000 : 0;
  const seconds = isEachWanted ? counted * ((pixels / 1e6) * SECONDS_PER_MEGAPIXEL + TEXT_SECONDS_PER_PAGE) : 0;
  return {
    seconds: START_SECONDS + seconds,
    memoryBytes: BASE_BYTES + Math.min(768 * 1024 * 1024, sizeBytes) + BYTES_PER_PIXEL * Math.max(pixels, 500_000),
    // Parts, and drafts beside the results.
    tempBytes: 2 * counted * (pixels * FILE_BYTES_PER_PIXEL[options.format] + 5_000),
    mediaSeconds: 0,
  };
}

function pagePixels({ dpi, width }: DocumentPreviewOptions): number {
  return width === null ? PAGE_SQUARE_INCHES * dpi * dpi : width * width * Math.SQRT2;
}
