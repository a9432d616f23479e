import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDataDir } from './data-dir.ts';

it.skipIf(process.platform === 'win32')('makes the data folder private, and leaves folders above it as others have them', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-data-'));
  const dataDir = join(dir, 'shared', 'longhaul');
  await makeDataDir(dataDir);
  await makeDataDir(dataDir);
  const mode = async (path: string) => (await stat(path)).mode & 0o777;
  expect(await mode(dataDir)).toBe(0o700);
  expect(await mode(join(dir, 'shared'))).toBe(0o777 & ~process.umask());
  await rm(dir, { recursive: true });
});
