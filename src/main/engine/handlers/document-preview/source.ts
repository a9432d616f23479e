/** A document as pages, whatever it was: a PDF, a PDF that LibreOffice made of it, or its words laid out. */
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import type { DocumentPreviewOptions } from '../../../../shared/document-options.ts';
import { TaskError } from '../../../../shared/errors.ts';
import { displayName } from '../../media/display-name.ts';
import { documentKind, isOffice, type DocumentKind, type OfficeKind } from '../../media/document-kind.ts';
import { isIntact, keepFile, type StoredFile } from '../../media/durable-file.ts';
import { convertToPdf } from '../../media/office.ts';
import { hasFonts, type Drawing } from '../../media/page-pictures.ts';
import { openPdf, type PdfDocument, type PdfPage } from '../../media/pdf.ts';
import { plainText } from '../../media/text-blocks.ts';
import { isTextKind, readTextDocument, type TextKind } from '../../media/text-documents.ts';
import { layOut, pageSvg, TEXT_PAGE, type TextPage } from '../../media/text-pages.ts';
import type { AttemptContext } from '../handler.ts';
import type { PageSize } from './pages.ts';

/** Close it before the next one is opened. */
export interface SourcePage extends PageSize {
  draw(width: number, height: number): Drawing;
  text(): string;
  close(): void;
}

export interface DocumentSource {
  readonly kind: DocumentKind;
  readonly pageCount: number;
  /** Tells one way of drawing pages from another: parts of a killed attempt are of use only with the same one. */
  readonly fingerprint: string;
  /** All its words where they are known without going through the pages. */
  readonly wholeText: string | null;
  /** The PDF that LibreOffice made, in the work folder. */
  readonly converted: StoredFile | null;
  /** index: from 0. */
  openPage(index: number): SourcePage;
  close(): void;
}

type Asking = Pick<AttemptContext<DocumentPreviewOptions, unknown, unknown>, 'task' | 'tools' | 'signal' | 'workDir' | 'warn' | 'log' | 'progress'>;

/** What is raised when laying out or drawing text changes. */
const TEXT_FINGERPRINT = 'text 1';
export const CONVERTED_NAME = 'office.pdf';

/** converted: what an earlier attempt on the same file left. Throws the INPUT_ errors, TOOL_MISSING, TOOL_STUCK. */
export async function openDocument(context: Asking, path: string, converted: StoredFile | null): Promise<DocumentSource> {
  const kind = await documentKind(path, context.signal);
  if (kind === 'pdf') {
    const pdf = await openPdf(path);
    if (!pdf.hasEnd) context.warn('The PDF lacks its end: it was probably cut short, and its last pages may be incomplete. Compare it with the original.');
    return pdfSource(pdf, kind, null);
  }
  if (isOffice(kind)) return await openOffice(context, path, kind, converted);
  return await openText(context, path, kind);
}

async function openOffice(context: Asking, path: string, kind: OfficeKind, converted: StoredFile | null): Promise<DocumentSource> {
  const { libreOfficePath } = context.tools;
  if (libreOfficePath === null) {
    if (!isTextKind(kind)) throw new TaskError('TOOL_MISSING', `${displayName(path)} is of a kind that only LibreOffice can read. Install LibreOffice and retry, or save it as DOCX, ODT or PDF.`);
    context.warn('LibreOffice was not found, so the pictures show the words of the document and not its looks. Install LibreOffice for those, then retry.');
    return await openText(context, path, kind);
  }
  try {
    await refuseTraps(path, kind, context.signal);
    const pdf = await convertedPdf(context, path, kind, libreOfficePath, converted);
    return pdfSource(await openPdf(join(context.workDir, pdf.name)), kind, pdf);
  } catch (error) {
    if (!(error instanceof TaskError) || error.code !== 'INPUT_DAMAGED' || !isTextKind(kind)) throw error;
    const words = await openText(context, path, kind);
    context.log(`LibreOffice: ${error.message} ${error.details ?? ''}`);
    context.warn('LibreOffice could not open the document, so the pictures show its words and not its looks.');
    return words;
  }
}

/** Bombs and the like are found before a large program unpacks them. What looks damaged LibreOffice may be able to mend. */
async function refuseTraps(path: string, kind: OfficeKind, signal: AbortSignal): Promise<void> {
  if (!isTextKind(kind)) return;
  await readTextDocument(path, kind, signal).catch((error: unknown) => {
    if (!(error instanceof TaskError) || error.code !== 'INPUT_DAMAGED') throw error;
  });
}

async function convertedPdf(context: Asking, inputPath: string, kind: OfficeKind, officePath: string, converted: StoredFile | null): Promise<StoredFile> {
  if (converted !== null && (await isIntact(context.workDir, converted))) return converted;
  context.progress({ current: 0, total: 0, message: 'reading the document' });
  const folder = join(context.workDir, `office.${String(context.task.attempt)}`);
  try {
    const pdfPath = await convertToPdf({ officePath, inputPath, kind, folder, signal: context.signal });
    return await keepFile(pdfPath, join(context.workDir, CONVERTED_NAME));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function pdfSource(pdf: PdfDocument, kind: DocumentKind, converted: StoredFile | null): DocumentSource {
  return { kind, pageCount: pdf.pageCount, fingerprint: `pdfium ${pdf.fingerprint}`, wholeText: null, converted, openPage: (index) => pdfPage(pdf.openPage(index)), close: () => pdf.close() };
}

function pdfPage(page: PdfPage): SourcePage {
  return {
    widthPoints: Math.max(1, page.widthPoints), heightPoints: Math.max(1, page.heightPoints),
    draw: (width, height) => ({ raw: page.draw(width, height) }), text: () => page.text(), close: () => page.close(),
  };
}

async function openText(context: Asking, path: string, kind: TextKind): Promise<DocumentSource> {
  context.progress({ current: 0, total: 0, message: 'reading the document' });
  const document = await readTextDocument(path, kind, context.signal);
  if (document.isCut) context.warn('The document is very long: what is made of it ends before its end.');
  if (context.task.options.what.some((what) => what !== 'text') && !(await hasFonts())) context.warn('This machine has no fonts, so the words in the pictures are boxes. Install a font such as Noto Sans or DejaVu Sans, then retry.');
  const pages = layOut(document.blocks);
  return { kind, pageCount: pages.length, fingerprint: TEXT_FINGERPRINT, wholeText: plainText(document), converted: null, openPage: (index) => textPage(pages[index] ?? []), close: () => undefined };
}

function textPage(page: TextPage): SourcePage {
  return { ...TEXT_PAGE, draw: (width, height) => ({ svg: pageSvg(page, width, height) }), text: () => page.map(({ text }) => text).join('\n'), close: () => undefined };
}
