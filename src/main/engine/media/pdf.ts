/** Reads PDF files with PDFium, compiled to WebAssembly: the only user of that library. It has no network and no JavaScript of documents. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PDFiumModule } from '@hyzyla/pdfium';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from './display-name.ts';

type Pdfium = Awaited<ReturnType<typeof PDFiumModule>>;

/** A picture as it lies in memory: red, green, blue, alpha of each pixel, row by row from the top left. */
export interface RawPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The file lies in PDFium's memory, which ends at 2 GB by itself. */
const LARGEST_FILE_BYTES = 768 * 1024 * 1024;
/** What PDFium may take besides the file: the largest picture that is drawn, and what a page unpacks to. Bombs want more. */
const WORKING_BYTES = 512 * 1024 * 1024;
/** A page of a book has 5,000 letters; a page with more than this is a trap. */
const LETTERS_OF_A_PAGE = 2_000_000;
/** What WebAssembly has taken it never gives back: with more than this it is dropped after the document, and loaded again for the next one. */
const KEPT_BYTES = 192 * 1024 * 1024;
const END_BYTES = 2_048;
const READ_BYTES = 4 * 1024 * 1024;

/** fpdfview.h: FPDF_GetLastError. */
const ERROR_PASSWORD = 4;
const ERROR_SECURITY = 5;
/** fpdfview.h: FPDFBitmap_BGRA with FPDF_REVERSE_BYTE_ORDER is RGBA. Annotations, filled forms among them, are drawn as they are printed. */
const FORMAT_BGRA = 4;
const ANNOTATIONS = 0x01;
const REVERSE_BYTE_ORDER = 0x10;
const WHITE = 0xffff_ffff;
const BYTES_PER_PIXEL = 4;

interface Loaded {
  readonly pdfium: Pdfium;
  /** Tells one version of PDFium from another. */
  readonly fingerprint: string;
  /** How far its memory may grow. */
  readonly limit: MemoryLimit;
}

interface MemoryLimit {
  bytes: number;
}

let loaded: Promise<Loaded> | undefined;

/** An open PDF; close it. Throws INPUT_ENCRYPTED, INPUT_DAMAGED, INPUT_NOT_ALLOWED (too large). */
export async function openPdf(path: string): Promise<PdfDocument> {
  const { pdfium, fingerprint, limit } = await load();
  const name = displayName(path);
  return await guarded(pdfium, name, async () => {
    const file = await readInto(pdfium, limit, path, name);
    const document = pdfium._FPDF_LoadMemDocument(file.pointer, file.sizeBytes, 0);
    if (document !== 0) return new PdfDocument({ pdfium, fingerprint, name, document, filePointer: file.pointer, hasEnd: hasEnd(pdfium, file) });
    const code = pdfium._FPDF_GetLastError();
    pdfium.wasmExports.free(file.pointer);
    throw refusalOf(name, code);
  });
}

/** A document in PDFium's memory. */
export class PdfDocument {
  readonly fingerprint: string;
  readonly pageCount: number;
  /** False: its end is missing, so it was probably cut short, and pages may lack what stood there. */
  readonly hasEnd: boolean;
  readonly #pdfium: Pdfium;
  readonly #name: string;
  readonly #document: number;
  readonly #filePointer: number;

  constructor({ pdfium, fingerprint, name, document, filePointer, hasEnd }: { pdfium: Pdfium; fingerprint: string; name: string; document: number; filePointer: number; hasEnd: boolean }) {
    this.hasEnd = hasEnd;
    this.fingerprint = fingerprint;
    this.#pdfium = pdfium;
    this.#name = name;
    this.#document = document;
    this.#filePointer = filePointer;
    this.pageCount = pdfium._FPDF_GetPageCount(document);
  }

  /** index: from 0. Close it before the next one. Throws INPUT_DAMAGED. */
  openPage(index: number): PdfPage {
    return guardedNow(this.#pdfium, this.#name, () => {
      const page = this.#pdfium._FPDF_LoadPage(this.#document, index);
      if (page === 0) throw new TaskError('INPUT_DAMAGED', `Page ${String(index + 1)} of ${this.#name} can't be read: it is damaged. Leave it out with the option pages, or save the document as a new PDF and use that.`);
      return new PdfPage(this.#pdfium, this.#name, page);
    });
  }

  /** Never throws: a PDFium that was brought down has been given up already, with all that it held. */
  close(): void {
    if (isWrecked(this.#pdfium)) return;
    try {
      this.#pdfium._FPDF_CloseDocument(this.#document);
      this.#pdfium.wasmExports.free(this.#filePointer);
      if (this.#pdfium.HEAPU8.length > KEPT_BYTES) loaded = undefined;
    } catch {
      loaded = undefined;
    }
  }
}

/** A page in PDFium's memory. */
export class PdfPage {
  /** In points, 1/72 inch, turned as it is shown. */
  readonly widthPoints: number;
  readonly heightPoints: number;
  readonly #pdfium: Pdfium;
  readonly #name: string;
  readonly #page: number;

  constructor(pdfium: Pdfium, name: string, page: number) {
    this.#pdfium = pdfium;
    this.#name = name;
    this.#page = page;
    this.widthPoints = pdfium._FPDF_GetPageWidth(page);
    this.heightPoints = pdfium._FPDF_GetPageHeight(page);
  }

  /** On white paper, width and height in pixels. */
  draw(width: number, height: number): RawPicture {
    return guardedNow(this.#pdfium, this.#name, () => {
      const pdfium = this.#pdfium;
      const sizeBytes = width * height * BYTES_PER_PIXEL;
      const pointer = allocate(pdfium, sizeBytes, this.#name);
      const bitmap = pdfium._FPDFBitmap_CreateEx(width, height, FORMAT_BGRA, pointer, width * BYTES_PER_PIXEL);
      if (bitmap === 0) throw tooLarge(this.#name);
      pdfium._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
      pdfium._FPDF_RenderPageBitmap(bitmap, this.#page, 0, 0, width, height, 0, ANNOTATIONS | REVERSE_BYTE_ORDER);
      const data = pdfium.HEAPU8.slice(pointer, pointer + sizeBytes);
      pdfium._FPDFBitmap_Destroy(bitmap);
      pdfium.wasmExports.free(pointer);
      return { data, width, height };
    });
  }

  /** Its words in reading order as far as the PDF tells it; empty for a scan. */
  text(): string {
    return guardedNow(this.#pdfium, this.#name, () => {
      const pdfium = this.#pdfium;
      const page = pdfium._FPDFText_LoadPage(this.#page);
      if (page === 0) return '';
      const letters = Math.min(LETTERS_OF_A_PAGE, Math.max(0, pdfium._FPDFText_CountChars(page)));
      const pointer = allocate(pdfium, 2 * (letters + 1), this.#name);
      const written = letters === 0 ? 0 : pdfium._FPDFText_GetText(page, 0, letters, pointer);
      const text = Buffer.from(pdfium.HEAPU8.subarray(pointer, pointer + 2 * Math.max(0, written - 1))).toString('utf16le');
      pdfium.wasmExports.free(pointer);
      pdfium._FPDFText_ClosePage(page);
      return readable(text);
    });
  }

  close(): void {
    if (!isWrecked(this.#pdfium)) guardedNow(this.#pdfium, this.#name, () => this.#pdfium._FPDF_ClosePage(this.#page));
  }
}

/** Loaded when the first document asks for it. Throws TOOL_MISSING where this machine's JavaScript can't run it. */
async function load(): Promise<Loaded> {
  loaded ??= loadPdfium().catch((cause: unknown) => {
    loaded = undefined;
    throw new TaskError('TOOL_MISSING', 'The PDF reader (PDFium) could not be loaded. Install Longhaul again, then retry.', { cause, details: String(cause) });
  });
  return await loaded;
}

async function loadPdfium(): Promise<Loaded> {
  const { PDFiumModule: load } = await import('@hyzyla/pdfium');
  const wasm = await readWasm();
  const program = await WebAssembly.compile(Uint8Array.from(wasm));
  const limit: MemoryLimit = { bytes: WORKING_BYTES };
  // What it would print when it breaks down is in the error as well.
  const settings = { locateFile: () => '', instantiateWasm: instantiator(program, limit), print: () => undefined, printErr: () => undefined };
  const pdfium = await load(settings);
  pdfium._FPDF_InitLibraryWithConfig({ version: 2, m_pIsolate: null, m_pUserFontPaths: null, m_v8EmbedderSlot: 0, m_pPlatform: null });
  return { pdfium, fingerprint: createHash('sha256').update(wasm).digest('hex').slice(0, 16), limit };
}

type Instantiate = NonNullable<NonNullable<Parameters<typeof PDFiumModule>[0]>['instantiateWasm']>;

/** Starts the program with a word in how it grows: what it is refused it takes for a machine without more memory. */
function instantiator(program: WebAssembly.Module, limit: MemoryLimit): Instantiate {
  return (imports, started) => {
    for (const functions of Object.values(imports)) {
      const grow = functions['emscripten_resize_heap'];
      if (typeof grow !== 'function') continue;
      functions['emscripten_resize_heap'] = (bytes: number): unknown => {
        const isGrown: unknown = bytes >>> 0 > limit.bytes ? 0 : Reflect.apply(grow, undefined, [bytes]);
        return isGrown;
      };
    }
    started(new WebAssembly.Instance(program, imports));
    return {};
  };
}

/** Beside the worker where it was built (scripts/build.mjs puts it there), else in its package. */
async function readWasm(): Promise<Buffer> {
  const folder = import.meta.dirname;
  return await readFile(join(folder, 'pdfium.wasm')).catch(async () => await readFile(createRequire(join(folder, 'pdf.js')).resolve('@hyzyla/pdfium/pdfium.wasm')));
}

/** Piece by piece, so that the file does not lie in memory twice. */
async function readInto(pdfium: Pdfium, limit: MemoryLimit, path: string, name: string): Promise<{ pointer: number; sizeBytes: number }> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > LARGEST_FILE_BYTES) throw new TaskError('INPUT_NOT_ALLOWED', `${name} is larger than ${String(LARGEST_FILE_BYTES / 1024 / 1024)} MB, more than the PDF reader can hold. Split it into several files.`);
    limit.bytes = size + WORKING_BYTES;
    const pointer = allocate(pdfium, size, name);
    const chunk = Buffer.alloc(Math.min(READ_BYTES, size));
    let sizeBytes = 0;
    while (sizeBytes < size) {
      const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, size - sizeBytes), sizeBytes);
      if (bytesRead === 0) break;
      pdfium.HEAPU8.set(chunk.subarray(0, bytesRead), pointer + sizeBytes);
      sizeBytes += bytesRead;
    }
    return { pointer, sizeBytes };
  } finally {
    await file.close();
  }
}

/** ISO 32000-1, 7.5.5: a file ends with %%EOF. Mail programs and the like may have put something behind it. */
function hasEnd(pdfium: Pdfium, { pointer, sizeBytes }: { pointer: number; sizeBytes: number }): boolean {
  return Buffer.from(pdfium.HEAPU8.subarray(pointer + Math.max(0, sizeBytes - END_BYTES), pointer + sizeBytes)).includes('%%EOF');
}

function allocate(pdfium: Pdfium, sizeBytes: number, name: string): number {
  const pointer = pdfium.wasmExports.malloc(sizeBytes);
  if (pointer === 0) throw tooLarge(name);
  return pointer;
}

function tooLarge(name: string): TaskError {
  loaded = undefined;
  return new TaskError('INPUT_NOT_ALLOWED', `${name} needs more memory than the PDF reader has. Choose a lower dpi or width, or split the document.`);
}

function refusalOf(name: string, code: number): TaskError {
  if (code === ERROR_PASSWORD) return new TaskError('INPUT_ENCRYPTED', `${name} is protected by a password, which Longhaul never keeps. Save a copy without the password in a PDF program, then add that.`);
  if (code === ERROR_SECURITY) return new TaskError('INPUT_ENCRYPTED', `${name} is protected in a way that the PDF reader does not know. Save a copy without protection in the program that made it, then add that.`);
  return new TaskError('INPUT_DAMAGED', `${name} can't be read as a PDF: it is damaged or was cut short. Copy or download it again.`, { details: `PDFium error ${String(code)}` });
}

/** What PDFium throws ends it: its memory can't be trusted any more. */
async function guarded<T>(pdfium: Pdfium, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw wrecked(pdfium, name, error);
  }
}

function guardedNow<T>(pdfium: Pdfium, name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw wrecked(pdfium, name, error);
  }
}

const wrecks = new WeakSet<Pdfium>();

function isWrecked(pdfium: Pdfium): boolean {
  return wrecks.has(pdfium);
}

function wrecked(pdfium: Pdfium, name: string, error: unknown): unknown {
  const isOurs = error instanceof TaskError || (error instanceof Error && 'code' in error);
  if (isOurs) return error;
  wrecks.add(pdfium);
  loaded = undefined;
  return new TaskError('INPUT_DAMAGED', `${name} brought the PDF reader down: it is damaged, or too much for it. Open it in a PDF program, save it as a new PDF and use that.`, { cause: error, details: String(error) });
}

/** One kind of line end; no marks that nobody can see (U+FFFE stands for a hyphen at a line's end). */
function readable(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').replaceAll('\ufffe', '-').replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufeff\uffff]/g, '').replaceAll(/\p{Surrogate}/gu, '\ufffd');
}
