/** Finds the real programs that tests run: those on the PATH, or where LONGHAUL_FFMPEG and friends point. */
import { accessSync, constants } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tools } from '../media/tools.ts';

/** Tools for tests. Two threads, as on the smallest machine that Longhaul is meant for. */
export function testTools(): Tools {
  return {
    ffmpegPath: process.env['LONGHAUL_FFMPEG'] ?? require(find('ffmpeg'), 'ffmpeg'),
    ffprobePath: process.env['LONGHAUL_FFPROBE'] ?? require(find('ffprobe'), 'ffprobe'),
    // Tests that want LibreOffice say so: its absence must not change the others.
    libreOfficePath: null,
    whisperCliPath: process.env['LONGHAUL_WHISPER_CLI'] ?? find('whisper-cli'),
    bundledModelsDir: fileURLToPath(new URL('../../../../resources/models', import.meta.url)),
    // Sums of models that were checked are written here; not into the checkout.
    modelsDir: join(tmpdir(), 'longhaul-test-models'),
    preferredModel: 'auto',
    threads: 2,
  };
}

function find(name: string): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, process.platform === 'win32' ? `${name}.exe` : name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return null;
}

function require(path: string | null, name: string): string {
  if (path === null) throw new Error(`${name} is not on the PATH: run the set-up (npm run setup) first.`);
  return path;
}
