/** Small files in the data folder that only their user may read. */
import { open, readFile, rename, rm } from 'node:fs/promises';
import type * as z from 'zod';

/** Under a temporary name first: a reader sees the old file or the new one, never a half. */
export async function writePrivateFile(path: string, value: unknown): Promise<void> {
  const tempPath = `${path}.${String(process.pid)}.tmp`;
  await rm(tempPath, { force: true });
  const file = await open(tempPath, 'wx', 0o600);
  try {
    await file.writeFile(JSON.stringify(value));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(tempPath, path);
}

/** Null: there is none, or what is there makes no sense. */
export async function readPrivateFile<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
