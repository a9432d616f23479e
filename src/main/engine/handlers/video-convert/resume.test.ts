import { appendFileSync, copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestTask, type TestTask } from '../test-context.ts';
import { makeFilm, shownSeconds } from '../test-sources.ts';
import { handler } from './index.ts';
import type { ConvertPart, ConvertPlan } from './plan.ts';
import type { VideoConvertOptions } from '../../../../shared/options.ts';

type Task = TestTask<VideoConvertOptions, ConvertPlan, ConvertPart>;
const OPTIONS = { container: 'mp4', videoCodec: 'h264', audioCodec: 'aac', speed: 'fast' };
let folder = '';
let film = '';
/** What an uninterrupted conversion of the film gives. */
let whole: Buffer;
let made = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-resume-'));
  film = makeFilm(join(folder, 'film.mp4'), { seconds: 30.4 });
  const task = begin(film);
  whole = await finish(task);
  expect(task.checkpoint.plan?.segments).toHaveLength(3);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Work so slow by its forecast that it is cut every 10 s. One thread: with more, x264 does not repeat itself to the bit. */
function begin(input: string, options: Record<string, unknown> = OPTIONS): Task {
  return createTestTask(handler, { inputs: [input], options, pace: 30, tools: { threads: 1 } });
}

async function finish(task: Task): Promise<Buffer> {
  const [draft] = await task.run();
  return readFileSync(draft?.tempPath ?? '');
}

/** A copy of the film of its own, for tests that change it. */
function ownFilm(): string {
  made += 1;
  const path = join(folder, `own-${made}.mp4`);
  copyFileSync(film, path);
  return path;
}

/** Runs until a part is saved, then stops as a kill would: at once. */
async function interruptAfterPart(task: Task, part: number): Promise<void> {
  const stop = new AbortController();
  task.checkpoint.onPartSaved = (index) => {
    if (index === part) stop.abort(new Error('stopped by the test'));
  };
  await expect(task.run(stop.signal)).rejects.toThrow('stopped by the test');
  task.checkpoint.onPartSaved = () => undefined;
}

describe('an interrupted conversion', () => {
  it('goes on from its parts and ends with the same bytes as one that was not', async () => {
    const task = begin(film);
    await interruptAfterPart(task, 1);
    await interruptAfterPart(task, 0);
    writeFileSync(join(task.workDir, 'v00002.mp4.1.part'), 'half of a part of a killed attempt');
    expect((await finish(task)).equals(whole)).toBe(true);
    expect([...task.checkpoint.savedParts].sort()).toEqual([0, 1, 2, 3]);
    expect(readdirSync(task.workDir).filter((name) => name.endsWith('.part'))).toEqual([]);
    task.dispose();
  });

  it('makes a part again that was spoilt on the disk, and nothing else', async () => {
    const task = begin(film);
    await finish(task);
    const spoilt = readFileSync(join(task.workDir, 'v00001.mp4'));
    spoilt[spoilt.length >> 1] = (spoilt[spoilt.length >> 1] ?? 0) ^ 0xff;
    writeFileSync(join(task.workDir, 'v00001.mp4'), spoilt);
    rmSync(join(task.workDir, 'audio.mp4'));
    const before = task.checkpoint.savedParts.length;
    expect((await finish(task)).equals(whole)).toBe(true);
    expect([...task.checkpoint.savedParts.slice(before)].sort()).toEqual([1, 3]);
    expect(task.logLines.join('\n')).toMatch(/part v00001\.mp4 is gone or spoilt/);
    task.dispose();
  });

  it('starts over when the input is another one by now', async () => {
    const input = ownFilm();
    const task = begin(input);
    await interruptAfterPart(task, 1);
    makeFilm(input, { seconds: 25 });
    const [draft] = await task.run();
    expect(shownSeconds(draft?.tempPath ?? '')).toHaveLength(625);
    expect(task.logLines.join('\n')).toMatch(/of no use, as the input has changed/);
    task.dispose();
  });

  it('fails with INPUT_CHANGED, to be tried again, when the input changes under its hands', async () => {
    const input = ownFilm();
    const task = begin(input);
    task.checkpoint.onPartSaved = () => appendFileSync(input, 'more');
    await expect(task.run()).rejects.toMatchObject({ code: 'INPUT_CHANGED', retryable: true });
    task.dispose();
  });

  it('fails with INPUT_MISSING when the input vanishes midway, and goes on when it is back', async () => {
    const input = ownFilm();
    const task = begin(input);
    task.checkpoint.onPartSaved = (index) => {
      if (index === 1) rmSync(input, { force: true });
    };
    await expect(task.run()).rejects.toMatchObject({ code: 'INPUT_MISSING' });
    task.checkpoint.onPartSaved = () => undefined;
    copyFileSync(film, input);
    const { source } = task.checkpoint.plan?.basis ?? {};
    utimesSync(input, (source?.modifiedAtMs ?? 0) / 1000, (source?.modifiedAtMs ?? 0) / 1000);
    expect((await finish(task)).equals(whole)).toBe(true);
    task.dispose();
  });
});
