/** Files that a checkpoint may name: on disk for good, and known again by size and hash. */
import { createHash } from 'node:crypto';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';

/** A file of the work folder as a checkpoint keeps it. */
export const storedFile = z.object({ name: z.string(), sizeBytes: z.int().nonnegative(), sha256: z.string().length(64) });
export type StoredFile = z.infer<typeof storedFile>;

/** Read size for hashing: large enough that system calls do not count. */
const CHUNK_BYTES = 1 << 20;

/** Gives a finished file its name: synced, renamed, folder synced. Returns what to store. */
export async function keepFile(tempPath: string, finalPath: string): Promise<StoredFile> {
  const { sizeBytes, sha256 } = await syncAndHash(tempPath);
  await rename(tempPath, finalPath);
  await syncFolder(dirname(finalPath));
  return { name: basename(finalPath), sizeBytes, sha256 };
}

/** Whether a stored file is there with its size and contents. */
export async function isIntact(folder: string, file: StoredFile): Promise<boolean> {
  const path = join(folder, file.name);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile() || found.size !== file.sizeBytes) return false;
  return (await sha256OfFile(path)) === file.sha256;
}

/** Brings a file's contents to the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Lower-case hex, streamed. */
export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const file = await open(path, 'r');
  try {
    return (await hashFile(file, signal)).sha256;
  } finally {
    await file.close();
  }
}

/** Brings a finished file's contents to the disk and tells how to know them again. */
export async function syncAndHash(path: string): Promise<{ sizeBytes: number; sha256: string }> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
    return await hashFile(file);
  } finally {
    await file.close();
  }
}

async function hashFile(file: FileHandle, signal?: AbortSignal): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let sizeBytes = 0;
  for (;;) {
    signal?.throwIfAborted();
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, sizeBytes);
    if (bytesRead === 0) return { sizeBytes, sha256: hash.digest('hex') };
    hash.update(chunk.subarray(0, bytesRead));
    sizeBytes += bytesRead;
  }
}

/** A rename is only safe against a power cut once its folder is synced. Windows has no such call and needs none. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
