/** How much an attempt has written: what its work folder and its drafts hold. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listDrafts, type DraftOwner } from '../workers/drafts.ts';

/** Bytes in all. What can't be looked at (any more) counts as nothing: a disk that does not answer does not let the work get on either. */
export async function writtenBytes({ workDir, outputDir, owner }: { workDir: string; outputDir: string; owner: DraftOwner }): Promise<number> {
  const parts = await readdir(workDir, { recursive: true }).catch(() => []);
  const paths = [...parts.map((name) => join(workDir, name)), ...(await listDrafts(outputDir, owner))];
  const sizes = await Promise.all(paths.map((path) => stat(path).then(({ size }) => size, () => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
