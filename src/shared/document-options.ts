/** The options of the type that makes pictures and text of documents. */
import * as z from 'zod';
import { textLike } from './text-like.ts';

/** pages: a picture of each page. thumbnail: a small picture of the first. contact-sheet: all of them small on one picture. text: the words alone. */
export const DOCUMENT_RESULTS = ['pages', 'thumbnail', 'contact-sheet', 'text'] as const;
export type DocumentResult = (typeof DOCUMENT_RESULTS)[number];

/** `all`, or pages counted from 1: `3`, `2-5`, `10-`, with commas between. */
const PAGE_RANGES = /^(all|\d{1,6}(-\d{0,6})?(,\d{1,6}(-\d{0,6})?)*)$/;

export const documentPreviewOptions = z.strictObject({
  /** Replace an existing output file. Off: ` (2)` is added to the name. The input is never overwritten. */
  overwrite: z.boolean().default(false),
  /** Files to make. */
  what: z.array(z.enum(DOCUMENT_RESULTS)).min(1).default(['thumbnail', 'text']),
  /** Which pages: all, or numbers and ranges from 1 on, such as 1-3,7,10-. A thumbnail shows the first of them. */
  pages: textLike(PAGE_RANGES, 'all, or pages such as 1-3,7,10-', z.string().max(500)).default('all'),
  /** Of so many pages at most pictures or text are made; a longer document says so. */
  maxPages: z.int().min(1).max(5_000).default(500),
  /** Dots per inch of page pictures: 72 is a pixel per point, so A4 has 1240 x 1754 pixels at 150. */
  dpi: z.int().min(18).max(600).default(150),
  /** Pixels that pictures are wide, instead of dpi: of each page, of the thumbnail, of each page on the contact sheet. Null: by dpi, 512, and 240. */
  width: z.int().min(16).max(8_000).nullable().default(null),
  /** Pages side by side on the contact sheet. */
  columns: z.int().min(1).max(20).default(5),
  format: z.enum(['jpg', 'png', 'webp']).default('jpg'),
  /** Of JPEG and WebP. */
  quality: z.int().min(1).max(100).default(85),
});
export type DocumentPreviewOptions = z.infer<typeof documentPreviewOptions>;
