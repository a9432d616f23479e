/** Reads single files out of a ZIP (APPNOTE.TXT 6.3.10), which office documents and e-books are. Nothing is unpacked to the disk, and what unpacks to far more than a document does is refused. */
import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from './display-name.ts';

interface Entry {
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly headerAt: number;
}

/** A presentation with all its pictures has hundreds. */
const ENTRIES_LIMIT = 20_000;
const DIRECTORY_LIMIT_BYTES = 16 * 1024 * 1024;
/** One file of text within it: a novel's has 2 MB, a table of a million cells 60. */
const ENTRY_LIMIT_BYTES = 96 * 1024 * 1024;
/** All files that are read of one archive. */
const TOTAL_LIMIT_BYTES = 384 * 1024 * 1024;
/** Tables of the same line over and over pack to a two-hundredth; deflate can't do more than a thousandth. */
const RATIO_LIMIT = 400;
/** Below this no ratio is dangerous. */
const HARMLESS_BYTES = 4 * 1024 * 1024;

const END_SIGNATURE = 0x0605_4b50;
const ENTRY_SIGNATURE = 0x0201_4b50;
const LOCAL_SIGNATURE = 0x0403_4b50;
const END_BYTES = 22;
const LOCAL_BYTES = 30;
/** The end's record, and a comment of the greatest length before the file ends. */
const TAIL_BYTES = END_BYTES + 65_535;

const unpack = promisify(inflateRaw);

export class ZipArchive {
  readonly #file: FileHandle;
  readonly #name: string;
  readonly #entries: ReadonlyMap<string, Entry>;
  #readBytes = 0;

  private constructor(file: FileHandle, name: string, entries: ReadonlyMap<string, Entry>) {
    this.#file = file;
    this.#name = name;
    this.#entries = entries;
  }

  /** Close it. Throws INPUT_DAMAGED where there is no archive to read, INPUT_NOT_ALLOWED for a bomb. */
  static async open(path: string): Promise<ZipArchive> {
    const name = displayName(path);
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const entries = await readDirectory(file, size, name);
      refuseBomb(entries, name);
      return new ZipArchive(file, name, entries);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** In the archive's order. */
  get names(): string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** Null: it is not there. */
  async read(name: string): Promise<Buffer | null> {
    const entry = this.#entries.get(name);
    if (entry === undefined) return null;
    if (entry.isEncrypted) throw new TaskError('INPUT_ENCRYPTED', `${this.#name} is protected by a password, which Longhaul never keeps. Save a copy without the password, then add that.`);
    this.#readBytes += entry.unpackedBytes;
    if (entry.unpackedBytes > ENTRY_LIMIT_BYTES || this.#readBytes > TOTAL_LIMIT_BYTES) throw bomb(this.#name);
    const local = await readAt(this.#file, entry.headerAt, LOCAL_BYTES);
    if (local.length < LOCAL_BYTES || local.readUInt32LE(0) !== LOCAL_SIGNATURE) throw damaged(this.#name);
    const packed = await readAt(this.#file, entry.headerAt + LOCAL_BYTES + local.readUInt16LE(26) + local.readUInt16LE(28), entry.packedBytes);
    if (packed.length < entry.packedBytes) throw damaged(this.#name);
    if (entry.method === 0) return packed;
    if (entry.method !== 8) throw new TaskError('INPUT_DAMAGED', `${this.#name} is packed in a way that its kind of document does not use. Open it in an office program and save it again.`);
    return await this.#inflate(packed, entry);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** What an entry says of its size may be a lie: more than that is not taken. */
  async #inflate(packed: Buffer, { unpackedBytes }: Entry): Promise<Buffer> {
    try {
      return await unpack(packed, { maxOutputLength: Math.max(1, unpackedBytes) });
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') throw bomb(this.#name);
      throw damaged(this.#name, cause);
    }
  }
}

async function readDirectory(file: FileHandle, sizeBytes: number, name: string): Promise<Map<string, Entry>> {
  const tail = await readAt(file, Math.max(0, sizeBytes - TAIL_BYTES), TAIL_BYTES);
  const endAt = lastEnd(tail);
  if (endAt === null) throw damaged(name);
  const count = tail.readUInt16LE(endAt + 10);
  const directoryBytes = tail.readUInt32LE(endAt + 12);
  // 0xffff: the numbers stand elsewhere, as there are too many (ZIP64).
  if (count > ENTRIES_LIMIT || directoryBytes > DIRECTORY_LIMIT_BYTES) throw bomb(name);
  const directory = await readAt(file, tail.readUInt32LE(endAt + 16), directoryBytes);
  const entries = new Map<string, Entry>();
  for (let at = 0; at + 46 <= directory.length && entries.size < ENTRIES_LIMIT && directory.readUInt32LE(at) === ENTRY_SIGNATURE;) {
    const nameBytes = directory.readUInt16LE(at + 28);
    const entryName = directory.toString('utf8', at + 46, at + 46 + nameBytes);
    if (!entries.has(entryName)) {
      entries.set(entryName, {
        method: directory.readUInt16LE(at + 10), isEncrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
        packedBytes: directory.readUInt32LE(at + 20), unpackedBytes: directory.readUInt32LE(at + 24), headerAt: directory.readUInt32LE(at + 42),
      });
    }
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  if (entries.size === 0) throw damaged(name);
  return entries;
}

function lastEnd(tail: Buffer): number | null {
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) if (tail.readUInt32LE(at) === END_SIGNATURE) return at;
  return null;
}

/** By what it says of itself; what it really holds is counted while it is read. */
function refuseBomb(entries: ReadonlyMap<string, Entry>, name: string): void {
  for (const { packedBytes, unpackedBytes } of entries.values()) {
    if (unpackedBytes > HARMLESS_BYTES && unpackedBytes > RATIO_LIMIT * packedBytes) throw bomb(name);
  }
}

/** Fewer where the file ends. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { size } = await file.stat();
  const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - position)));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
  return buffer.subarray(0, bytesRead);
}

function bomb(name: string): TaskError {
  return new TaskError('INPUT_NOT_ALLOWED', `${name} would unpack to far more than a document holds, as files do that are made to fill a machine's memory. If you trust it, open it in an office program and save it as a PDF.`);
}

function damaged(name: string, cause?: unknown): TaskError {
  return new TaskError('INPUT_DAMAGED', `${name} is damaged or was cut short: its parts can't be unpacked. Copy or download it again.`, cause === undefined ? {} : { cause, details: String(cause) });
}
