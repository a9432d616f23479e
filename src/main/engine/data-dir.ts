/** Makes a data folder. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Only the folder itself is private (0700): what people transcribe is nobody else's business, their other folders are theirs. */
export async function makeDataDir(dir: string): Promise<void> {
  await mkdir(dirname(dir), { recursive: true });
  await mkdir(dir, { recursive: true, mode: 0o700 });
}
