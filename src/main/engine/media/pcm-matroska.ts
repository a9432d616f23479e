/** Reads PCM with its time stamps from the Matroska stream that FFmpeg writes to a pipe, as it arrives. */
import { TaskError } from '../../../shared/errors.ts';

/** Samples that belong together, with the time of the first. */
export interface PcmBlock {
  /** Milliseconds, as FFmpeg stamped it; may be negative. */
  readonly startMs: number;
  /** Signed 16 bit, little endian, one channel. */
  readonly pcm: Buffer;
}

/** Element IDs of RFC 9559 that matter here; every other element is skipped by its size. */
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
/** Containers whose children are read; their own size is not needed, so an unknown one (a live stream) does no harm. */
const ENTERED: ReadonlySet<number> = new Set([SEGMENT, CLUSTER, BLOCK_GROUP]);
/** One block of resampled audio is below 100 kB; more is not what was asked of FFmpeg. */
const MAX_ELEMENT_BYTES = 16_000_000;
/** EBML's own limits. */
const MAX_ID_BYTES = 4;
const MAX_SIZE_BYTES = 8;
/** Track number (one byte: there is one track), relative time (2) and flags (1) stand before the samples. */
const BLOCK_HEADER_BYTES = 4;

/** Takes bytes in any pieces and gives the blocks that are complete. One track, no lacing: as FFmpeg writes PCM. */
export class PcmMatroskaReader {
  #rest: Buffer = Buffer.alloc(0);
  #skipBytes = 0;
  #clusterMs = 0;

  push(chunk: Buffer): PcmBlock[] {
    const blocks: PcmBlock[] = [];
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const skipped = Math.min(this.#skipBytes, bytes.length);
      this.#skipBytes -= skipped;
      bytes = bytes.subarray(skipped);
      const header = this.#skipBytes > 0 ? undefined : readHeader(bytes);
      if (header === undefined) break;
      const { id, size, headerBytes } = header;
      if (ENTERED.has(id)) bytes = bytes.subarray(headerBytes);
      else if (id === TIMESTAMP || id === SIMPLE_BLOCK || id === BLOCK) {
        if (size > MAX_ELEMENT_BYTES) throw unreadable(`an element of ${size} bytes`);
        if (bytes.length < headerBytes + size) break;
        const data = bytes.subarray(headerBytes, headerBytes + size);
        if (id === TIMESTAMP) this.#clusterMs = readUnsigned(data);
        else blocks.push(this.#readBlock(data));
        bytes = bytes.subarray(headerBytes + size);
      } else this.#skipBytes = headerBytes + size;
    }
    this.#rest = Buffer.from(bytes);
    return blocks;
  }

  #readBlock(data: Buffer): PcmBlock {
    if (data.length < BLOCK_HEADER_BYTES) throw unreadable(`a block of ${data.length} bytes`);
    return { startMs: this.#clusterMs + data.readInt16BE(1), pcm: data.subarray(BLOCK_HEADER_BYTES) };
  }
}

/** Undefined: more bytes are needed. */
function readHeader(bytes: Buffer): { id: number; size: number; headerBytes: number } | undefined {
  const first = bytes[0];
  if (first === undefined) return undefined;
  const idBytes = Math.clz32(first) - 23;
  if (idBytes > MAX_ID_BYTES) throw unreadable(`a byte 0x${first.toString(16)} where an element begins`);
  const sizeFirst = bytes[idBytes];
  if (sizeFirst === undefined) return undefined;
  const sizeBytes = Math.clz32(sizeFirst) - 23;
  const headerBytes = idBytes + sizeBytes;
  if (sizeBytes > MAX_SIZE_BYTES) throw unreadable('a size of more than 8 bytes');
  if (bytes.length < headerBytes) return undefined;
  const marker = 2 ** (8 - sizeBytes);
  const size = (sizeFirst % marker) * 2 ** (8 * (sizeBytes - 1)) + readUnsigned(bytes.subarray(idBytes + 1, headerBytes));
  return { id: readUnsigned(bytes.subarray(0, idBytes)), size, headerBytes };
}

/** Arithmetic, not bit operations: sizes and times have more than 32 bits. */
function readUnsigned(bytes: Buffer): number {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
}

function unreadable(what: string): TaskError {
  return new TaskError('TOOL_FAILED', `The audio that FFmpeg sent could not be read: ${what}. The task tries again.`, { retryable: true });
}
