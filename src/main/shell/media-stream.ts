/** A file as an answer that a player can seek in. */
import { open, stat } from 'node:fs/promises';
import { parseRange, type ByteRange } from '../host/ranges.ts';
import { mediaType } from './content-types.ts';

/** Large enough that reading is not what takes the time, small enough to be thrown away when the player seeks. */
const PIECE_BYTES = 1_048_576;

/** 200, 206 or 416. An open range is answered to the end of the file: a player that gets less takes that for the file's end. */
export async function answerMedia(path: string, rangeHeader: string | null): Promise<Response> {
  const { size } = await stat(path);
  const range = parseRange(rangeHeader, size);
  const headers = { 'accept-ranges': 'bytes', 'content-type': mediaType(path), 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' };
  if (range === 'unsatisfiable') return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${String(size)}` } });
  if (range === 'whole') return new Response(size === 0 ? null : read(path, { start: 0, end: size - 1 }), { headers: { ...headers, 'content-length': String(size) } });
  return new Response(read(path, range), {
    status: 206,
    headers: { ...headers, 'content-length': String(range.end - range.start + 1), 'content-range': `bytes ${String(range.start)}-${String(range.end)}/${String(size)}` },
  });
}

/**
 * Opens the file anew for every piece: a player drops most of its requests half-way, without a word in some versions of Electron
 * (electron#34738), and each would leave a file open. Node's own adapter throws past every handler then (electron#48582).
 */
function read(path: string, { start, end }: ByteRange): ReadableStream<Uint8Array> {
  let at = start;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const piece = await readPiece(path, at, Math.min(PIECE_BYTES, end + 1 - at));
      at += piece.length;
      if (piece.length > 0) controller.enqueue(piece);
      if (piece.length === 0 || at > end) controller.close();
    },
  }, { highWaterMark: 0 });
}

/** Fewer bytes where the file has become shorter. */
async function readPiece(path: string, position: number, length: number): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const piece = new Uint8Array(length);
    const { bytesRead } = await file.read(piece, 0, length, position);
    return piece.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
