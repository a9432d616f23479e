/** Tells whether a file is still the one that work began on, without reading all of it. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import * as z from 'zod';

export const sourceIdentity = z.object({
  sizeBytes: z.int().nonnegative(),
  /** Epoch milliseconds. */
  modifiedAtMs: z.number(),
  /** Of the first and the last MiB. */
  edgesSha256: z.string().length(64),
});
export type SourceIdentity = z.infer<typeof sourceIdentity>;

/** Headers and indexes stand at either end of a media file; a MiB of each is read in milliseconds even over a network. */
const EDGE_BYTES = 1 << 20;

export async function identifySource(path: string): Promise<SourceIdentity> {
  const file = await open(path, 'r');
  try {
    const { size, mtimeMs } = await file.stat();
    const hash = createHash('sha256');
    for (const position of [0, Math.max(0, size - EDGE_BYTES)]) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(EDGE_BYTES), 0, EDGE_BYTES, position);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return { sizeBytes: size, modifiedAtMs: mtimeMs, edgesSha256: hash.digest('hex') };
  } finally {
    await file.close();
  }
}

export function isSameSource(one: SourceIdentity, other: SourceIdentity): boolean {
  return one.sizeBytes === other.sizeBytes && one.modifiedAtMs === other.modifiedAtMs && one.edgesSha256 === other.edgesSha256;
}
