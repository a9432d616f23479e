/** Makes what is wanted of each page and stores it: a page is a part, which a killed task does not make again. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { DocumentPreviewOptions, DocumentResult } from '../../../../shared/document-options.ts';
import { isIntact, keepFile, storedFile, type StoredFile } from '../../media/durable-file.ts';
import { writePicture, type Drawing } from '../../media/page-pictures.ts';
import { sourceIdentity } from '../../media/source-identity.ts';
import type { AttemptContext } from '../handler.ts';
import { cellPixels, pagePixels, thumbnailPixels, type PixelSize } from './pages.ts';
import type { DocumentSource, SourcePage } from './source.ts';

export const plan = z.object({
  source: sourceIdentity,
  /** All that decides the bytes of the parts. */
  how: z.string(),
  pageCount: z.int().positive(),
  /** Part by part the page that it is of, from 0. */
  pages: z.array(z.int().nonnegative()).min(1),
  /** The PDF that LibreOffice made. */
  converted: storedFile.nullable(),
});
export type Plan = z.infer<typeof plan>;

const pieceKind = z.enum(['page', 'thumbnail', 'cell', 'text']);
type PieceKind = z.infer<typeof pieceKind>;
/** Width and height: of a picture, in pixels; of text 0. */
const piece = z.object({ kind: pieceKind, file: storedFile, width: z.int().nonnegative(), height: z.int().nonnegative() });
export type Piece = z.infer<typeof piece>;
export const part = z.object({ widthPoints: z.number().positive(), heightPoints: z.number().positive(), pieces: z.array(piece), isLimited: z.boolean() });
export type Part = z.infer<typeof part>;

export type Context = AttemptContext<DocumentPreviewOptions, Plan, Part>;

/** While one page is drawn the pictures of others are written. More would only take memory. */
const WRITING_AT_ONCE = 2;

export interface Work {
  readonly context: Context;
  readonly source: DocumentSource;
  readonly pages: readonly number[];
  readonly results: ReadonlySet<DocumentResult>;
}

/** All parts that are missing. Nothing is written any more when it returns or throws. */
export async function makeParts(work: Work): Promise<void> {
  const { context, pages } = work;
  const writing = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | null = null;
  try {
    for (const [index, page] of pages.entries()) {
      context.progress({ current: index, total: pages.length, message: `page ${String(index + 1)} of ${String(pages.length)}` });
      context.signal.throwIfAborted();
      if (await isDone(context, index)) continue;
      const written = drawPage(work, index, page);
      const settled = written.catch((error: unknown) => { failure ??= { error }; }).finally(() => writing.delete(settled));
      writing.add(settled);
      if (writing.size >= WRITING_AT_ONCE) await Promise.race(writing);
      if (failure !== null) break;
    }
  } finally {
    await Promise.all(writing);
  }
  rethrow(failure);
  context.signal.throwIfAborted();
}

function rethrow(failure: { readonly error: unknown } | null): void {
  if (failure !== null) throw failure.error;
}

async function isDone(context: Context, index: number): Promise<boolean> {
  const stored = context.checkpoint.parts.get(index);
  if (stored === undefined) return false;
  for (const { file } of stored.pieces) if (!(await isIntact(context.workDir, file))) return false;
  return true;
}

/** The page is drawn before this returns; its files are written meanwhile. */
function drawPage(work: Work, index: number, pageIndex: number): Promise<void> {
  const page = work.source.openPage(pageIndex);
  try {
    const { widthPoints, heightPoints } = page;
    const { pictures, isLimited } = wantedPictures(work, index, page);
    const text = wantsPageText(work) ? page.text() : '';
    const largest = pictures.reduce<PixelSize>((one, { size }) => (size.width > one.width ? size : one), { width: 0, height: 0 });
    const drawing = largest.width === 0 ? null : page.draw(largest.width, largest.height);
    return writePart(work, index, { widthPoints, heightPoints, isLimited, pictures, drawing, text });
  } finally {
    page.close();
  }
}

interface Drawn {
  readonly widthPoints: number;
  readonly heightPoints: number;
  readonly isLimited: boolean;
  readonly pictures: readonly { readonly kind: PieceKind; readonly size: PixelSize }[];
  readonly drawing: Drawing | null;
  readonly text: string;
}

async function writePart({ context }: Work, index: number, { widthPoints, heightPoints, isLimited, pictures, drawing, text }: Drawn): Promise<void> {
  const { format, quality } = context.task.options;
  const pieces: Piece[] = [];
  for (const { kind, size } of drawing === null ? [] : pictures) {
    // Cells are put together once more: without a loss until then.
    const own = kind === 'cell' ? 'png' : format;
    if (drawing !== null) pieces.push({ kind, ...size, file: await keep(context, pieceName(index, kind, own), (path) => writePicture(drawing, { path, ...size, format: own, quality })) });
  }
  if (text.trim() !== '') pieces.push({ kind: 'text', width: 0, height: 0, file: await keep(context, pieceName(index, 'text', 'txt'), (path) => writeFile(path, text)) });
  context.signal.throwIfAborted();
  await context.checkpoint.savePart(index, { widthPoints, heightPoints, isLimited, pieces });
}

async function keep(context: Context, name: string, write: (path: string) => Promise<void>): Promise<StoredFile> {
  const tempPath = join(context.workDir, `${name}.${String(context.task.attempt)}.part`);
  await write(tempPath);
  return await keepFile(tempPath, join(context.workDir, name));
}

function wantedPictures({ context, results }: Work, index: number, page: SourcePage): { pictures: { kind: PieceKind; size: PixelSize }[]; isLimited: boolean } {
  const { options } = context.task;
  const pictures: { kind: PieceKind; size: PixelSize }[] = [];
  let isLimited = false;
  if (results.has('pages')) {
    const { isLimited: limited, ...size } = pagePixels(page, options);
    isLimited = limited;
    pictures.push({ kind: 'page', size });
  }
  if (results.has('thumbnail') && index === 0) pictures.push({ kind: 'thumbnail', size: thumbnailPixels(page, options.width) });
  if (results.has('contact-sheet')) pictures.push({ kind: 'cell', size: cellPixels(page, options.width) });
  return { pictures, isLimited };
}

/** Where all words are known already, those of the pages are wanted only for some pages. */
export function wantsPageText({ context, results, source }: Pick<Work, 'context' | 'results' | 'source'>): boolean {
  return results.has('text') && !(source.wholeText !== null && context.task.options.pages === 'all');
}

function pieceName(index: number, kind: PieceKind, extension: string): string {
  return `${kind}-${String(index + 1).padStart(5, '0')}.${extension}`;
}
