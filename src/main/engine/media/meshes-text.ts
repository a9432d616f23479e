/** Reads a model's text line by line, in pieces, so that its length costs no memory. */
import { open } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { damaged, type Reading } from './meshes-model.ts';

const PIECE_BYTES = 1 << 20;
/** A face of ten thousand corners is less. */
const LINE_LIMIT = 1 << 20;

/** Calls take with each line, without its end; stopped by the signal between two pieces. */
export async function eachLine({ path, name, signal }: Reading, take: (line: string) => void): Promise<void> {
  const file = await open(path, 'r');
  try {
    const decoder = new TextDecoder('utf-8');
    const piece = Buffer.alloc(PIECE_BYTES);
    let rest = '';
    for (let position = 0; ;) {
      signal.throwIfAborted();
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      const lines = (rest + decoder.decode(piece.subarray(0, bytesRead), { stream: true })).split(/\r\n|\n|\r/);
      rest = lines.pop() ?? '';
      if (rest.length > LINE_LIMIT) throw damaged(name, 'it has a line that never ends');
      for (const line of lines) take(line);
    }
    if (rest !== '') take(rest);
  } finally {
    await file.close();
  }
}

/** The words of a line. */
export function wordsOf(line: string): string[] {
  const trimmed = line.trim();
  return trimmed === '' ? [] : trimmed.split(/[ \t]+/);
}
