import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testTools } from '../handlers/test-tools.ts';
import { locateTools, type Located } from './locate.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'longhaul-locate-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function locate(env: Record<string, string>): Promise<Located> {
  return locateTools({ env, platform: process.platform, homeDir: root, resourcesDir: join(root, 'resources'), dataDir: join(root, 'data') }, new AbortController().signal);
}

/** A program that prints a line. */
function program(folder: string, name: string, line: string, exitCode = 0): string {
  mkdirSync(join(root, folder), { recursive: true });
  const path = join(root, folder, name);
  writeFileSync(path, `#!/bin/sh\necho "${line}"\nexit ${exitCode}\n`);
  chmodSync(path, 0o755);
  return path;
}

function part({ parts }: Located, name: string): Located['parts'][number] | undefined {
  return parts.find((found) => found.name === name);
}

describe.skipIf(process.platform === 'win32')('locateTools (with shell scripts for programs; not on Windows)', () => {
  it('finds the real FFmpeg on the PATH with its version', async () => {
    mkdirSync(join(root, 'bin'));
    for (const [name, path] of [['ffmpeg', testTools().ffmpegPath], ['ffprobe', testTools().ffprobePath]] as const) symlinkSync(path, join(root, 'bin', name));
    const located = await locate({ PATH: join(root, 'bin') });
    expect(located.tools.ffmpegPath).toBe(join(root, 'bin', 'ffmpeg'));
    expect(part(located, 'ffprobe')).toMatchObject({ from: 'PATH', cure: null, version: expect.stringMatching(/\d/) });
  });

  it('takes what the user names, then what is shipped, then the PATH', async () => {
    const chosen = program('chosen', 'whisper', 'whisper.cpp version: 9.9.9');
    const shipped = program('resources/bin', 'whisper-cli', 'whisper.cpp version: 2.0.0');
    const found = program('path', 'whisper-cli', 'whisper.cpp version: 1.0.0');
    const env = { PATH: join(root, 'path') };
    expect(part(await locate({ ...env, LONGHAUL_WHISPER_CLI: chosen }), 'whisper-cli')).toMatchObject({ path: chosen, version: '9.9.9', from: 'LONGHAUL_WHISPER_CLI' });
    expect((await locate(env)).tools.whisperCliPath).toBe(shipped);
    rmSync(shipped);
    expect((await locate(env)).tools.whisperCliPath).toBe(found);
  });

  it('does not count what does not start, and says what would cure it', async () => {
    const chosen = program('chosen', 'whisper', 'Illegal instruction', 132);
    program('path', 'whisper-cli', 'whisper.cpp version: 1.0.0');
    const located = await locate({ PATH: join(root, 'path'), LONGHAUL_WHISPER_CLI: chosen });
    expect(located.tools.whisperCliPath).toBeNull();
    expect(part(located, 'whisper-cli')).toMatchObject({ path: null, from: 'LONGHAUL_WHISPER_CLI: does not work', cure: expect.stringContaining('LONGHAUL_WHISPER_CLI') });
  });

  it('takes FFmpeg and ffprobe from one place, and none that is too old', async () => {
    program('resources/bin', 'ffmpeg', 'ffmpeg version 7.1');
    program('path', 'ffmpeg', 'ffmpeg version 6.0');
    const probe = program('path', 'ffprobe', 'ffprobe version 6.0');
    const located = await locate({ PATH: join(root, 'path') });
    expect([part(located, 'ffmpeg')?.version, located.tools.ffprobePath]).toEqual(['6.0', probe]);
    program('path', 'ffmpeg', 'ffmpeg version 4.4.2-0ubuntu');
    expect(part(await locate({ PATH: join(root, 'path') }), 'ffmpeg')).toMatchObject({ path: null, cure: expect.stringContaining('npm run setup') });
  });
});
