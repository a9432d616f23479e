import { mkdtempSync, readFileSync, rmSync, truncateSync, utimesSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TaskError } from '../../../../shared/errors.ts';
import type { TranscribeOptions } from '../../../../shared/options.ts';
import { systemClock } from '../../clock.ts';
import { damagedCopy, VOCABULARY_COUNT_AT, writeModelHead } from '../../media/test-models.ts';
import { transcriptDocument } from '../../transcripts/document.ts';
import type { Draft } from '../handler.ts';
import { createTestTask, type TestTask, type TestTaskInput } from '../test-context.ts';
import { ffmpeg } from '../test-sources.ts';
import { parseSrt, type ParsedCue } from './formats/parse.ts';
import { squeeze } from './formats/transcript.ts';
import { createHandler } from './index.ts';
import type { Part, Plan } from './plan.ts';
import { JFK, NEEDS_WHISPER, SAMPLE, SAMPLE_TEXT, whisperCliPath, wordsOf } from './test-speech.ts';

let dir = '';
const tasks: TestTask<TranscribeOptions, Plan, Part>[] = [];
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'longhaul-transcribe-'));
});
afterEach(() => {
  for (const task of tasks.splice(0)) task.dispose();
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A machine whose only model is the bundled one. */
const handler = createHandler(
  { memoryBytes: 8e9, surroundings: ({ tools }) => ({ env: {}, platform: 'linux', homeDir: dir, modelsDir: tools.modelsDir, bundledModelsDir: tools.bundledModelsDir }) },
  systemClock,
);

function createTask(input: TestTaskInput): TestTask<TranscribeOptions, Plan, Part> {
  const task = createTestTask(handler, { ...input, tools: { whisperCliPath: whisperCliPath ?? 'whisper-cli', modelsDir: join(dir, 'models'), ...input.tools } });
  tasks.push(task);
  return task;
}

function read(drafts: readonly Draft[], extension: string): string {
  return readFileSync(drafts.find((draft) => draft.fileName.endsWith(extension))?.tempPath ?? '', 'utf8');
}

function cueWith(cues: readonly ParsedCue[], text: string): ParsedCue | undefined {
  return cues.find((cue) => cue.text.replaceAll('\n', ' ').includes(text));
}

/** Seconds of the sample, at a time of one's own choice behind a picture. */
function sampleFilm(name: string, seconds: number, delaySeconds: number): string {
  const [path, soundPath] = [join(dir, name), join(dir, 'sound.m4a')];
  ffmpeg(['-i', SAMPLE, '-t', String(seconds), '-map', '0:a', '-c:a', 'copy', soundPath]);
  ffmpeg([
    '-f', 'lavfi', '-i', `color=black:s=16x16:r=1/30:d=${delaySeconds + seconds + 30}`, '-itsoffset', String(delaySeconds), '-i', soundPath,
    '-map', '0:v', '-map', '1:a', '-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', '-c:a', 'copy', path,
  ]);
  return path;
}

describe.skipIf(whisperCliPath === null)(`a transcription ${NEEDS_WHISPER}`, () => {
  it('has the words that were spoken, at their times, in four formats, and no trace of the silence', async () => {
    const task = createTask({ inputs: [SAMPLE], options: { wordTimestamps: true } });
    const drafts = await task.run();
    expect(drafts.map((draft) => draft.fileName)).toEqual(['srt', 'vtt', 'txt', 'json'].map((extension) => `longhaul-sample.${extension}`));
    const [expected, found] = [wordsOf(SAMPLE_TEXT), wordsOf(read(drafts, '.txt'))];
    const missing = expected.filter((word) => !found.includes(word));
    expect(missing.length).toBeLessThanOrEqual(0.05 * expected.length);
    expect(Math.abs(found.length - expected.length)).toBeLessThanOrEqual(0.05 * expected.length);
    const cues = parseSrt(read(drafts, '.srt'));
    // From flite's own lengths: "of silence." ends at 35.5 s, the next sentence begins at 41.5 s.
    const after = cueWith(cues, 'Silence is skipped');
    expect(after?.startMs).toBeGreaterThan(41_000);
    expect(after?.startMs).toBeLessThan(42_100);
    expect(cues.filter((cue) => cue.startMs > 36_000 && cue.endMs < 41_000)).toEqual([]);
    expect(read(drafts, '.json')).toContain('"confidence"');
    expect(task.warnings).toEqual([expect.stringContaining('longhaul models add small')]);
  });

  it('is kept with every word and its confidence, whatever the files hold', async () => {
    const task = createTask({ inputs: [sampleFilm('kept.mkv', 10, 0)], options: { language: 'en', formats: ['txt'] } });
    const drafts = await task.run();
    expect(task.documents).toHaveLength(1);
    const kept = transcriptDocument.parse(task.documents[0]);
    expect(kept).toMatchObject({ language: 'en', model: 'tiny.en-q8_0', durationMs: Math.round(1000 * (task.checkpoint.plan?.durationSeconds ?? 0)) });
    expect(squeeze(kept.segments.map(({ text }) => text).join(''))).toBe(squeeze(read(drafts, '.txt')));
    const words = kept.segments.flatMap((segment) => segment.words);
    expect(wordsOf(words.map(({ text }) => text).join(' '))).toEqual(wordsOf(read(drafts, '.txt')));
    expect(words.every(({ startMs, endMs, confidence }) => startMs <= endMs && confidence > 0)).toBe(true);
  });

  it('goes on after a stop with the windows that are missing and ends with the same bytes', async () => {
    const path = join(dir, 'twice.m4a');
    ffmpeg(['-stream_loop', '1', '-i', SAMPLE, '-map', '0:a', '-c:a', 'aac', '-ar', '16000', path]);
    const options = { wordTimestamps: true, language: 'en' };
    const whole = createTask({ inputs: [path], options });
    const expected = (await whole.run()).map((draft) => readFileSync(draft.tempPath, 'utf8'));

    const stopped = createTask({ inputs: [path], options });
    const controller = new AbortController();
    const reason = new TaskError('STOPPED', 'paused');
    stopped.checkpoint.onPartSaved = () => controller.abort(reason);
    await expect(stopped.run(controller.signal)).rejects.toBe(reason);
    const before = stopped.checkpoint.savedParts.length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(stopped.checkpoint.partsTotal);
    stopped.checkpoint.onPartSaved = () => undefined;
    truncateSync(join(stopped.workDir, 'audio.s16'), 1000);
    const drafts = await stopped.run();
    expect(drafts.map((draft) => readFileSync(draft.tempPath, 'utf8'))).toEqual(expected);
    expect([...stopped.checkpoint.savedParts].sort((a, b) => a - b)).toEqual([...whole.checkpoint.plan?.windows.keys() ?? []]);
  });

  it('keeps the times of the file after more than an hour without sound', async () => {
    const options = { language: 'en', formats: ['srt'], wordTimestamps: true };
    const early = parseSrt(read(await createTask({ inputs: [sampleFilm('early.mkv', 10, 0)], options }).run(), '.srt'));
    const late = parseSrt(read(await createTask({ inputs: [sampleFilm('late.mkv', 10, 4000)], options }).run(), '.srt'));
    expect(late.map((cue) => cue.text)).toEqual(early.map((cue) => cue.text));
    expect(late.length).toBeGreaterThan(0);
    for (const [index, cue] of late.entries()) {
      expect(Math.abs(cue.startMs - 4_000_000 - (early[index]?.startMs ?? 0))).toBeLessThanOrEqual(100);
      expect(Math.abs(cue.endMs - 4_000_000 - (early[index]?.endMs ?? 0))).toBeLessThanOrEqual(100);
    }
  });

  it.each([['silence', 'anullsrc=r=16000:cl=mono'], ['steady noise', 'anoisesrc=r=16000:a=0.05:seed=1']])('of %s is empty and says so', async (name, source) => {
    const path = join(dir, `${name}.wav`);
    ffmpeg(['-f', 'lavfi', '-i', source, '-t', '40', path]);
    const task = createTask({ inputs: [path], options: { language: 'en' } });
    const drafts = await task.run();
    expect([read(drafts, '.srt'), read(drafts, '.txt'), read(drafts, '.vtt')]).toEqual(['', '', 'WEBVTT\n\n']);
    expect(task.warnings).toEqual([`No speech was found in ${name}.wav; the transcript is empty.`]);
  });

  it.skipIf(JFK === null)('hears a real voice (needs ../shared/corpus)', async () => {
    const drafts = await createTask({ inputs: [JFK ?? ''], options: { language: 'en', formats: ['txt'] } }).run();
    expect(wordsOf(read(drafts, '.txt')).join(' ')).toBe('and so my fellow americans ask not what your country can do for you ask what you can do for your country');
  });

  it('starts over when the recording was changed meanwhile', async () => {
    const path = join(dir, 'changing.mkv');
    copyFileSync(sampleFilm('short.mkv', 5, 0), path);
    const task = createTask({ inputs: [path], options: { language: 'en' } });
    await task.run();
    utimesSync(path, 1, 1);
    await task.run();
    expect(task.warnings).toEqual([expect.stringContaining('was changed')]);
    expect(task.checkpoint.savedParts).toEqual([0, 0]);
  });

  it('is found out by the check when a file was changed', async () => {
    const task = createTask({ inputs: [sampleFilm('checked.mkv', 5, 0)], options: { language: 'en' } });
    const context = task.nextAttempt();
    const drafts = await handler.perform(context);
    await handler.check(drafts, context);
    for (const draft of drafts) {
      const { length } = readFileSync(draft.tempPath);
      truncateSync(draft.tempPath, length - 5);
      await expect(handler.check(drafts, context)).rejects.toMatchObject({ code: 'OUTPUT_CHECK_FAILED', retryable: true });
      rmSync(draft.tempPath);
      await expect(handler.check(drafts, context)).rejects.toMatchObject({ code: 'OUTPUT_CHECK_FAILED' });
    }
  });
});

describe('a transcription is refused', () => {
  async function refusal(input: TestTaskInput): Promise<unknown> {
    return createTask(input).run().catch((error: unknown) => (error instanceof TaskError ? [error.code, error.message] : error));
  }

  it('of a film without sound, saying what is there', async () => {
    const path = join(dir, 'mute.mp4');
    ffmpeg(['-f', 'lavfi', '-i', 'color=black:s=64x64:r=5:d=1', path]);
    expect(await refusal({ inputs: [path] })).toEqual(['INPUT_NO_STREAM', expect.stringContaining('only video')]);
  });

  it('of an audio track that is not there, naming those that are', async () => {
    expect(await refusal({ inputs: [SAMPLE], options: { audioTrack: 3 } })).toEqual(['INPUT_NO_STREAM', expect.stringContaining('it has 0')]);
  });

  it('in a language that Whisper or the model does not know', async () => {
    expect(await refusal({ inputs: [SAMPLE], options: { language: 'xx' } })).toEqual(['OPTION_INVALID', expect.stringContaining('"xx"')]);
    expect(await refusal({ inputs: [SAMPLE], options: { language: 'de' } })).toEqual(['MODEL_LANGUAGE', expect.stringContaining('longhaul models add small')]);
    expect(await refusal({ inputs: [SAMPLE], options: { translate: true } })).toEqual(['MODEL_LANGUAGE', expect.stringContaining('longhaul models add')]);
  });

  it('without whisper-cli, without the model, and with a model that is none', async () => {
    expect(await refusal({ inputs: [SAMPLE], tools: { whisperCliPath: null } })).toEqual(['TOOL_MISSING', expect.stringContaining('npm run setup')]);
    expect(await refusal({ inputs: [SAMPLE], options: { model: 'large-v3' } })).toEqual(['MODEL_MISSING', expect.stringContaining('longhaul models add large-v3')]);
    expect(await refusal({ inputs: [SAMPLE], options: { model: SAMPLE } })).toEqual(['MODEL_DAMAGED', expect.stringContaining('not a Whisper model')]);
    expect(await refusal({ inputs: [join(dir, 'none.wav')] })).toEqual(['INPUT_MISSING', expect.stringContaining('none.wav')]);
  });

  it('with a damaged model, before anything is loaded', async () => {
    const damaged = join(dir, 'ggml-damaged.bin');
    damagedCopy(damaged, VOCABULARY_COUNT_AT, 2_000_000_000);
    expect(await refusal({ inputs: [SAMPLE], options: { model: damaged, language: 'en' } })).toEqual(['MODEL_DAMAGED', expect.stringContaining('vocabulary')]);
    writeModelHead(damaged, 'small', { sizeBytes: 100_000 });
    expect(await refusal({ inputs: [SAMPLE], options: { model: damaged, language: 'en' } })).toEqual(['MODEL_DAMAGED', expect.stringContaining('filters')]);
  });
});
