/**
 * Files that a browser hands over. Each gets a folder of its own in the data folder, `uploads/<random>/<name>`: results that go "beside
 * the input" then have it for themselves. While it comes it has another name, so a half one is never taken for a file.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, statfs, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../../shared/errors.ts';
import { safeFileName } from './file-name.ts';

/** The name of a file that is still coming. Safe names never start with a dot. */
export const PART_NAME = '.part';
/** Holds the upload's name: what else lies in the folder are results. */
export const MARK_NAME = '.upload';
/** 64 bits: no two folders share a name. */
const FOLDER_BYTES = 8;
/** Left free, so that the queue's own store can always be saved. */
const KEEP_FREE_BYTES = 256 * 1024 * 1024;
/** A file whose size nobody told is measured against the free space each time this much has come. */
const LOOK_EVERY_BYTES = 256 * 1024 * 1024;

export interface Incoming {
  /** As the browser names it. */
  readonly name: string;
  /** Null: it was not told. */
  readonly sizeBytes: number | null;
  /** Throws when the browser goes away. */
  readonly chunks: AsyncIterable<unknown>;
}

export class Uploads {
  readonly dir: string;
  /** Bytes that running uploads were promised and have not written yet. */
  #promisedBytes = 0;

  constructor(dataDir: string) {
    this.dir = join(dataDir, 'uploads');
  }

  /** The absolute path of the whole file, once it is safe on the disk. Leaves nothing behind when it fails. */
  async receive(incoming: Incoming): Promise<string> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    await this.#checkRoom(incoming.sizeBytes ?? 0);
    const name = safeFileName(incoming.name);
    const folder = join(this.dir, randomBytes(FOLDER_BYTES).toString('hex'));
    await mkdir(folder, { mode: 0o700 });
    try {
      await writeFile(join(folder, MARK_NAME), name, { flag: 'wx', mode: 0o600 });
      await this.#write(join(folder, PART_NAME), incoming);
      await rename(join(folder, PART_NAME), join(folder, name));
      await syncFolder(folder);
      return join(folder, name);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw isDiskFull(error) ? diskFull(error) : error;
    }
  }

  async #write(path: string, { sizeBytes, chunks }: Incoming): Promise<void> {
    const file = await open(path, 'wx', 0o600);
    let promised = sizeBytes ?? 0;
    this.#promisedBytes += promised;
    try {
      let untilLook = LOOK_EVERY_BYTES;
      for await (const chunk of chunks) {
        if (!Buffer.isBuffer(chunk)) continue;
        await writeAll(file, chunk);
        const kept = Math.min(promised, chunk.length);
        promised -= kept;
        this.#promisedBytes -= kept;
        untilLook -= chunk.length;
        if (untilLook > 0) continue;
        await this.#checkRoom(0);
        untilLook = LOOK_EVERY_BYTES;
      }
      await file.sync();
    } finally {
      this.#promisedBytes -= promised;
      await file.close();
    }
  }

  /** Throws DISK_FULL unless so many bytes fit, beside all that was promised and what stays free. */
  async #checkRoom(sizeBytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.dir);
    if (sizeBytes + this.#promisedBytes + KEEP_FREE_BYTES > bavail * bsize) throw diskFull();
  }
}

async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let written = 0; written < chunk.length; ) written += (await file.write(chunk, written)).bytesWritten;
}

/** A rename is safe when its folder is. Windows has no way to say so, and does not need it. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function diskFull(cause?: unknown): TaskError {
  return new TaskError('DISK_FULL', 'The file does not fit on the disk of the computer where Longhaul works. Free some space there, then drop the file again.', { cause });
}
