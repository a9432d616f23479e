/** Decides whether a model file may be loaded: a damaged one can hang every runtime, so it is found out first. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { HEADER_BYTES, parseModelHeader, type ModelHeader } from './model-header.ts';

/** Tokens are words or parts of them; whisper.cpp's longest has 128 bytes. */
const MAX_TOKEN_BYTES = 1024;
const MAX_TENSOR_NAME_BYTES = 128;
/** Mel filters: 80 or 128 rows of 201 frequencies (400 samples of a frame, halved). */
const FILTER_COLUMNS = 201;
/** Elements per block and bytes per block of ggml's types by number (ggml.h). */
const TENSOR_TYPES: Readonly<Record<number, readonly [number, number]>> = {
  0: [1, 4], 1: [1, 2], 2: [32, 18], 3: [32, 20], 6: [32, 22], 7: [32, 24], 8: [32, 34], 10: [256, 84], 11: [256, 110], 12: [256, 144],
  13: [256, 176], 14: [256, 210], 30: [1, 2],
};

/**
 * Walks through the file from part to part without reading the weights: milliseconds for any size. Throws MODEL_MISSING or
 * MODEL_DAMAGED. Weights that were changed in place are found by sha256 only: see verifyModelSum.
 */
export async function checkModel(path: string): Promise<ModelHeader> {
  const sizeBytes = await modelSize(path);
  const file = await open(path, 'r');
  try {
    const reader = new Reader(file, sizeBytes);
    const header = parseModelHeader(await reader.take(Math.min(HEADER_BYTES, sizeBytes)));
    if (header === undefined) throw new Damage('it does not begin as a Whisper model does');
    await walkFilters(reader, header);
    await walkVocabulary(reader, header);
    await walkTensors(reader, header);
    return header;
  } catch (error) {
    if (error instanceof Damage) throw modelDamaged(path, error.message);
    throw TaskError.from(error);
  } finally {
    await file.close();
  }
}

export function modelDamaged(path: string, why: string): TaskError {
  return new TaskError('MODEL_DAMAGED', `The model ${basename(path)} is damaged: ${why}. Remove it and add it again: \`longhaul models add NAME\`.`, { details: path });
}

async function modelSize(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() !== true) throw new TaskError('MODEL_MISSING', `The model ${path} is not there any more. Choose another with \`longhaul models use\`, or add it again: \`longhaul models add NAME\`.`);
  return found.size;
}

async function walkFilters(reader: Reader, header: ModelHeader): Promise<void> {
  const rows = await reader.int();
  const columns = await reader.int();
  if (rows !== header.mels || columns !== FILTER_COLUMNS) throw new Damage(`its filters are said to be ${rows} × ${columns}`);
  reader.skip(rows * columns * 4);
}

async function walkVocabulary(reader: Reader, header: ModelHeader): Promise<void> {
  const count = await reader.int();
  if (count < 50_000 || count > header.vocabulary) throw new Damage(`its vocabulary is said to have ${count} tokens`);
  for (let index = 0; index < count; index += 1) {
    const length = await reader.int();
    if (length < 0 || length > MAX_TOKEN_BYTES) throw new Damage(`token ${index} is said to have ${length} bytes`);
    reader.skip(length);
  }
}

async function walkTensors(reader: Reader, header: ModelHeader): Promise<void> {
  // 7 of the encoder's own and 15 a layer, 4 of the decoder's and 24 a layer.
  const expected = 11 + 15 * header.audioLayers + 24 * header.textLayers;
  let count = 0;
  for (; !reader.isAtEnd; count += 1) {
    const [dimensions, nameBytes, type] = [await reader.int(), await reader.int(), await reader.int()];
    const layout = TENSOR_TYPES[type];
    if (dimensions < 1 || dimensions > 4 || nameBytes < 1 || nameBytes > MAX_TENSOR_NAME_BYTES || layout === undefined) throw new Damage(`part ${count + 1} of ${expected} can't be read`);
    let elements = 1;
    for (let dimension = 0; dimension < dimensions; dimension += 1) elements *= await reader.int();
    reader.skip(nameBytes + (elements / layout[0]) * layout[1]);
    if (!(elements > 0) || reader.isPastEnd) throw new Damage(`it ends within part ${count + 1} of ${expected}`);
  }
  if (count !== expected) throw new Damage(`it holds ${count} of ${expected} parts`);
}

class Damage extends Error {}

/** Reads forward through a file through a small window. */
class Reader {
  readonly #file: FileHandle;
  readonly #sizeBytes: number;
  #position = 0;
  #buffer: Buffer = Buffer.alloc(0);
  #bufferStart = 0;

  constructor(file: FileHandle, sizeBytes: number) {
    this.#file = file;
    this.#sizeBytes = sizeBytes;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#sizeBytes;
  }

  get isPastEnd(): boolean {
    return this.#position > this.#sizeBytes;
  }

  skip(bytes: number): void {
    this.#position += bytes;
  }

  async int(): Promise<number> {
    return (await this.take(4)).readInt32LE(0);
  }

  async take(bytes: number): Promise<Buffer> {
    const end = this.#position + bytes;
    if (bytes === 0 || end > this.#sizeBytes) throw new Damage('it is too short');
    if (this.#position < this.#bufferStart || end > this.#bufferStart + this.#buffer.length) {
      const target = Buffer.alloc(Math.min(WINDOW_BYTES, this.#sizeBytes - this.#position));
      const { bytesRead } = await this.#file.read(target, 0, target.length, this.#position);
      if (bytesRead < bytes) throw new Damage('it is too short');
      this.#buffer = target.subarray(0, bytesRead);
      this.#bufferStart = this.#position;
    }
    const taken = this.#buffer.subarray(this.#position - this.#bufferStart, end - this.#bufferStart);
    this.#position = end;
    return taken;
  }
}

/** Small, because most reads are a tensor's few numbers, far from the next one; the vocabulary takes a dozen windows. */
const WINDOW_BYTES = 65_536;
