/** Newline-delimited JSON: one frame a line. What is no frame ends the connection, with a sentence that says why. */
import { TaskError } from '../../shared/errors.ts';

/** Holds `addTasks` of 100,000 tasks with long paths; more in one piece is a mistake or an attack. */
export const MAX_FRAME_BYTES = 64 * 1024 * 1024;
/** Before it has shown the token a peer may send one hello and nothing big. */
export const MAX_HELLO_BYTES = 4 * 1024;

const NEWLINE = 0x0a;

/** One frame as it goes over the wire. */
export function encodeFrame(frame: unknown): string {
  return `${JSON.stringify(frame)}\n`;
}

/** Collects chunks and gives back the whole frames in them. Holds at most `maxBytes` of an unfinished one. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Changes the limit for what comes next. */
  allow(maxBytes: number): void {
    this.#maxBytes = maxBytes;
  }

  /** Frames that end in this chunk, parsed lazily so that a new limit holds from the next frame on. Throws USAGE on what is no frame. */
  *push(chunk: Buffer): Generator<unknown> {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#hold(chunk.subarray(start, end));
      start = end + 1;
      yield this.#take();
    }
    this.#hold(chunk.subarray(start));
  }

  #hold(piece: Buffer): void {
    this.#heldBytes += piece.length;
    if (this.#heldBytes > this.#maxBytes) {
      throw new TaskError('USAGE', `A message of more than ${String(this.#maxBytes)} bytes was refused. Send less at once.`);
    }
    if (piece.length > 0) this.#chunks.push(piece);
  }

  #take(): unknown {
    const line = Buffer.concat(this.#chunks, this.#heldBytes);
    this.#chunks = [];
    this.#heldBytes = 0;
    return parseFrame(line);
  }
}

function parseFrame(line: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
  } catch (error) {
    throw new TaskError('USAGE', 'A message was refused because it is not a line of JSON. Use the longhaul command of the same version.', { cause: error });
  }
}
