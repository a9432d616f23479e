/** Reads the frame of an animated WebP file: its canvas and how long its pictures stand (WebP Container Specification, developers.google.com/speed/webp). */
import type { FileHandle } from 'node:fs/promises';

export interface WebpAnimation {
  readonly width: number;
  readonly height: number;
  readonly pictures: number;
  readonly seconds: number;
}

const CHUNK_HEADER_BYTES = 8;
/** Place, size, duration and flags of a picture, before its own chunks. */
const FRAME_HEADER_BYTES = 16;

/** Null for what is no whole animated WebP: every chunk must lie within the file and every picture must hold bitstream. */
export async function readAnimatedWebp(file: FileHandle, sizeBytes: number): Promise<WebpAnimation | null> {
  const head = await readAt(file, 0, 12);
  if (head?.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WEBP' || head.readUInt32LE(4) + CHUNK_HEADER_BYTES !== sizeBytes) return null;
  let canvas: { width: number; height: number } | null = null;
  let pictures = 0;
  let milliseconds = 0;
  for (let at = 12; at < sizeBytes;) {
    const header = await readAt(file, at, CHUNK_HEADER_BYTES);
    if (header === null) return null;
    const [name, bytes] = [header.toString('latin1', 0, 4), header.readUInt32LE(4)];
    const next = at + CHUNK_HEADER_BYTES + bytes + (bytes % 2);
    if (next > sizeBytes) return null;
    if (name === 'VP8X') canvas = await readCanvas(file, at + CHUNK_HEADER_BYTES);
    if (name === 'ANMF') {
      const shown = await readPicture(file, at + CHUNK_HEADER_BYTES, bytes);
      if (shown === null) return null;
      pictures += 1;
      milliseconds += shown;
    }
    at = next;
  }
  return canvas === null || pictures === 0 ? null : { ...canvas, pictures, seconds: milliseconds / 1000 };
}

/** Sizes are stored less one, in 24 bits. */
async function readCanvas(file: FileHandle, at: number): Promise<{ width: number; height: number } | null> {
  const body = await readAt(file, at, 10);
  return body === null ? null : { width: body.readUIntLE(4, 3) + 1, height: body.readUIntLE(7, 3) + 1 };
}

/** Milliseconds that it stands; null: it holds no bitstream. */
async function readPicture(file: FileHandle, at: number, bytes: number): Promise<number | null> {
  const body = await readAt(file, at, FRAME_HEADER_BYTES + CHUNK_HEADER_BYTES);
  if (body === null || bytes < FRAME_HEADER_BYTES + CHUNK_HEADER_BYTES) return null;
  const inner = body.toString('latin1', FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + 4);
  return inner === 'VP8 ' || inner === 'VP8L' || inner === 'ALPH' ? body.readUIntLE(12, 3) : null;
}

async function readAt(file: FileHandle, at: number, bytes: number): Promise<Buffer | null> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, at);
  return bytesRead === bytes ? buffer : null;
}
