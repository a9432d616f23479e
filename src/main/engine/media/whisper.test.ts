import { copyFileSync, existsSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpeg } from '../handlers/test-sources.ts';
import { NEEDS_WHISPER, SAMPLE, whisperCliPath } from '../handlers/transcribe/test-speech.ts';
import { BUNDLED_MODEL, damagedCopy, VOCABULARY_COUNT_AT } from './test-models.ts';
import { hearWindows, type WhisperSetup } from './whisper.ts';
import type { HeardWindow } from './whisper-output.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'longhaul-hören-'));
  for (const [index, start] of [0, 5, 10].entries()) ffmpeg(['-ss', String(start), '-t', '5', '-i', SAMPLE, '-ar', '16000', '-ac', '1', join(dir, `${index}.wav`)]);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function setup(extra: Partial<WhisperSetup> = {}): WhisperSetup {
  return {
    whisperCliPath: whisperCliPath ?? '', model: { path: BUNDLED_MODEL, sizeBytes: 43_550_795 }, language: 'en', translate: false, threads: 1, dir,
    signal: new AbortController().signal, ...extra,
  };
}

const FILES = ['0.wav', '1.wav', '2.wav'].map((wavName) => ({ wavName }));

async function hear(extra: Partial<WhisperSetup> = {}, files = FILES): Promise<[number, HeardWindow][]> {
  const heard: [number, HeardWindow][] = [];
  await hearWindows(setup(extra), files, 'fast', (index, window) => {
    heard.push([index, window]);
    return Promise.resolve();
  });
  return heard;
}

function text(heard: HeardWindow | undefined): string {
  return heard?.segments.map((segment) => segment.text).join(' ') ?? '';
}

describe.skipIf(whisperCliPath === null)(`hearWindows ${NEEDS_WHISPER}`, () => {
  it('hears each file of a folder with any name, in order, and leaves no files behind', async () => {
    const heard = await hear();
    expect(heard.map(([index]) => index)).toEqual([0, 1, 2]);
    expect(text(heard[0]?.[1])).toMatch(/This program is for media work/);
    expect(text(heard[1]?.[1])).toMatch(/choose a recipe/);
    expect(existsSync(join(dir, '0.json'))).toBe(false);
  });

  it('hears a file the same whatever was heard before it', async () => {
    const [inRow, alone] = [await hear(), await hear({}, [{ wavName: '2.wav' }])];
    expect(alone[0]?.[1]).toEqual(inRow[2]?.[1]);
  });

  it('hands a result on while the next file is heard, and stops with the caller\'s error', async () => {
    const failure = new Error('the disk is full');
    const seen: number[] = [];
    await expect(hearWindows(setup(), FILES, 'fast', (index) => {
      seen.push(index);
      return Promise.reject(failure);
    })).rejects.toBe(failure);
    expect(seen).toEqual([0]);
  });

  it('ends at once when it is stopped', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    await expect(hearWindows(setup({ signal: controller.signal }), FILES, 'fast', () => {
      controller.abort(reason);
      return Promise.resolve();
    })).rejects.toBe(reason);
  });

  it('reports a truncated model as damaged', async () => {
    const path = join(dir, 'cut.bin');
    copyFileSync(BUNDLED_MODEL, path);
    truncateSync(path, 30_000_000);
    await expect(hear({ model: { path, sizeBytes: 30_000_000 } })).rejects.toMatchObject({ code: 'MODEL_DAMAGED' });
  });

  it('does not wait for a model that hangs the program', async () => {
    const path = join(dir, 'hang.bin');
    damagedCopy(path, VOCABULARY_COUNT_AT, 2_000_000_000);
    await expect(hear({ model: { path, sizeBytes: 43_550_795 }, startLimitMs: 1500 })).rejects.toMatchObject({ code: 'TOOL_STUCK', retryable: true });
  });

  it('says when a result is missing', async () => {
    await expect(hear({}, [{ wavName: '0.wav' }, { wavName: 'none.wav' }])).rejects.toMatchObject({ code: 'TOOL_FAILED' });
  });
});
