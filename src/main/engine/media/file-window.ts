/** Reads small pieces at any place of a file with few calls of the system: a window of the file stays in memory. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** How a window is kept. */
export interface WindowOptions {
  /** Reads ahead so far. */
  readonly windowBytes?: number;
  /** Whether reading may hold up the thread: in a worker, which has nothing else to do, that is several times cheaper than a promise for each piece. */
  readonly isBlocking?: boolean;
}

/** Larger than the headers between two pieces of a picture, small enough to be read for each of thousands of files. */
const WINDOW_BYTES = 4_096;
/** More is asked for by no header. */
const MOST_BYTES = 1 << 20;

/** Fills the buffer from that place of the file and tells how much there was. */
type Read = (buffer: Buffer, at: number) => number | Promise<number>;

export class FileWindow {
  readonly sizeBytes: number;
  readonly #read: Read;
  readonly #windowBytes: number;
  #at = 0;
  #bytes = Buffer.alloc(0);

  private constructor(read: Read, sizeBytes: number, windowBytes: number) {
    this.#read = read;
    this.sizeBytes = sizeBytes;
    this.#windowBytes = windowBytes;
  }

  /** Gives the file's window to `look` and closes the file after it. */
  static over<T>(path: string, look: (window: FileWindow) => Promise<T>, options: WindowOptions = {}): Promise<T> {
    return options.isBlocking === true ? FileWindow.#overBlocking(path, look, options) : FileWindow.#overWaiting(path, look, options);
  }

  static async #overWaiting<T>(path: string, look: (window: FileWindow) => Promise<T>, { windowBytes = WINDOW_BYTES }: WindowOptions): Promise<T> {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      return await look(new FileWindow(async (buffer, at) => (await file.read(buffer, 0, buffer.length, at)).bytesRead, size, windowBytes));
    } finally {
      await file.close();
    }
  }

  static async #overBlocking<T>(path: string, look: (window: FileWindow) => Promise<T>, { windowBytes = WINDOW_BYTES }: WindowOptions): Promise<T> {
    const file = openSync(path, 'r');
    try {
      return await look(new FileWindow((buffer, at) => readSync(file, buffer, 0, buffer.length, at), fstatSync(file).size, windowBytes));
    } finally {
      closeSync(file);
    }
  }

  /** So many bytes from there; fewer where the file ends, none beyond it. */
  async bytes(at: number, count: number): Promise<Buffer> {
    const wanted = Math.min(count, MOST_BYTES, Math.max(0, this.sizeBytes - at));
    if (at < 0 || wanted <= 0) return Buffer.alloc(0);
    if (at < this.#at || at + wanted > this.#at + this.#bytes.length) await this.#move(at, Math.max(wanted, this.#windowBytes));
    return this.#bytes.subarray(at - this.#at, at - this.#at + wanted);
  }

  async #move(at: number, count: number): Promise<void> {
    const buffer = Buffer.alloc(count);
    const bytesRead = await this.#read(buffer, at);
    this.#at = at;
    this.#bytes = buffer.subarray(0, bytesRead);
  }
}
