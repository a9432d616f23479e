/** TIFF's lists of fields (TIFF 6.0, BigTIFF), which camera raw files and EXIF blocks are made of too. */
import type { FileWindow } from './file-window.ts';
import type { ImageHeader } from './image-facts.ts';

/** Field numbers. */
export const TAG = {
  width: 256, height: 257, compression: 259, photometric: 262, stripOffsets: 273, stripByteCounts: 279, subIfds: 330, jpegOffset: 513, jpegLength: 514,
  exif: 0x8769, gps: 0x8825, dngVersion: 0xc612, panasonicJpeg: 0x2e,
} as const;

export interface Field {
  readonly type: number;
  readonly count: number;
  /** Where its values stand. */
  readonly at: number;
}

export interface Directory {
  readonly fields: ReadonlyMap<number, Field>;
  /** Where the next one begins; 0: none. */
  readonly next: number;
}

const TYPE_BYTES: readonly number[] = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];
/** TIFF writers use a few dozen. */
const MOST_FIELDS = 4_096;

/** Reads directories of one file, in its byte order. */
export class TiffReader {
  readonly #window: FileWindow;
  readonly #isLittle: boolean;
  readonly #isBig: boolean;

  private constructor(window: FileWindow, isLittle: boolean, isBig: boolean) {
    this.#window = window;
    this.#isLittle = isLittle;
    this.#isBig = isBig;
  }

  /** The reader and where the first directory begins; null: not of this structure. Cameras put other letters for the 42: `RO`, `RS`, `U`. */
  static async open(window: FileWindow): Promise<{ reader: TiffReader; first: number } | null> {
    const head = await window.bytes(0, 16);
    const order = head.toString('latin1', 0, 2);
    if (head.length < 16 || (order !== 'II' && order !== 'MM')) return null;
    const reader = new TiffReader(window, order === 'II', reading(head, 2, 2, order === 'II') === 43);
    return { reader, first: reader.#isBig ? reading(head, 8, 8, order === 'II') : reading(head, 4, 4, order === 'II') };
  }

  /** Null: there is none. */
  async directory(at: number): Promise<Directory | null> {
    const [countBytes, fieldBytes, inlineBytes] = this.#isBig ? [8, 20, 8] : [2, 12, 4];
    const head = await this.#window.bytes(at, countBytes);
    if (at < 8 || head.length < countBytes) return null;
    const count = reading(head, 0, countBytes, this.#isLittle);
    if (count === 0 || count > MOST_FIELDS) return null;
    const list = await this.#window.bytes(at + countBytes, count * fieldBytes + inlineBytes);
    const fields = new Map<number, Field>();
    for (let start = 0; start + fieldBytes <= Math.min(list.length, count * fieldBytes); start += fieldBytes) {
      const [tag, type] = [reading(list, start, 2, this.#isLittle), reading(list, start + 2, 2, this.#isLittle)];
      const valuesCount = reading(list, start + 4, inlineBytes, this.#isLittle);
      const isInline = valuesCount * (TYPE_BYTES[type] ?? 1) <= inlineBytes;
      const valueAt = start + 4 + inlineBytes;
      fields.set(tag, { type, count: valuesCount, at: isInline ? at + countBytes + valueAt : reading(list, valueAt, inlineBytes, this.#isLittle) });
    }
    const end = count * fieldBytes;
    return { fields, next: list.length >= end + inlineBytes ? reading(list, end, inlineBytes, this.#isLittle) : 0 };
  }

  /** A field's whole numbers, so many at most. */
  async numbers(field: Field | undefined, most = 64): Promise<number[]> {
    if (field === undefined) return [];
    const size = TYPE_BYTES[field.type] ?? 0;
    if (size === 0 || field.type === 5 || field.type === 10) return [];
    const bytes = await this.#window.bytes(field.at, Math.min(field.count, most) * size);
    return Array.from({ length: Math.floor(bytes.length / size) }, (_, index) => reading(bytes, index * size, size, this.#isLittle));
  }

  /** A field's first whole number. */
  async number(field: Field | undefined): Promise<number | undefined> {
    return (await this.numbers(field, 1))[0];
  }
}

/** mostPages 0: only the first page is looked at. */
export async function readTiffImage(window: FileWindow, mostPages: number): Promise<ImageHeader | null> {
  const opened = await TiffReader.open(window);
  if (opened === null) return null;
  const { reader, first } = opened;
  const page = await reader.directory(first);
  const [width, height] = page === null ? [] : [await reader.number(page.fields.get(TAG.width)), await reader.number(page.fields.get(TAG.height))];
  if (width === undefined || height === undefined) return null;
  return { format: 'tiff', width, height, pages: mostPages === 0 ? null : await countPages(reader, first, mostPages), isProgressive: false };
}

async function countPages(reader: TiffReader, first: number, most: number): Promise<number> {
  const seen = new Set<number>();
  for (let at = first; at !== 0 && !seen.has(at) && seen.size < most; ) {
    const directory = await reader.directory(at);
    if (directory === null) break;
    seen.add(at);
    at = directory.next;
  }
  return seen.size;
}

/** Numbers beyond 2^53 are offsets that no file has. */
function reading(bytes: Buffer, at: number, size: number, isLittle: boolean): number {
  if (size === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  return isLittle ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
}
