import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TaskError } from '../../../../shared/errors.ts';
import type { TranscribeOptions } from '../../../../shared/options.ts';
import { systemClock } from '../../clock.ts';
import type { Draft } from '../handler.ts';
import { createTestTask, type TestTask } from '../test-context.ts';
import { ffmpeg } from '../test-sources.ts';
import { transcriptJson, type TranscriptJson } from './formats/json.ts';
import { createHandler } from './index.ts';
import type { Part, Plan } from './plan.ts';
import { SAMPLE } from './test-speech.ts';

let dir = '';
/** One window of speech, and several. */
let path = '';
let longPath = '';
const tasks: TestTask<TranscribeOptions, Plan, Part>[] = [];
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'longhaul-hear-'));
  path = join(dir, 'speech.wav');
  longPath = join(dir, 'long-speech.wav');
  ffmpeg(['-i', SAMPLE, '-t', '21', '-map', '0:a', '-ar', '16000', '-ac', '1', path]);
  ffmpeg(['-stream_loop', '1', '-i', SAMPLE, '-map', '0:a', '-ar', '16000', '-ac', '1', longPath]);
});
afterEach(() => {
  for (const task of tasks.splice(0)) task.dispose();
  for (const name of ['hearings', 'killed-at']) rmSync(join(dir, name), { force: true });
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/**
 * A stand-in for whisper-cli that loops where it is told to, as the real one does only now and then: it writes what the
 * expression makes of the decoding's arguments and of the seconds of the file. It notes each hearing (`window 2 fast`), and a file
 * killed-at that names one has it killed there, once.
 */
function whisperThatSays(expression: string): string {
  const program = join(dir, 'whisper-cli');
  writeFileSync(program, `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
args.forEach((arg, at) => {
  if (arg !== '-f') return;
  console.error(\`main: processing '\${args[at + 1]}' (1 samples)\`);
  const seconds = (readFileSync(args[at + 1]).length - 44) / 32000;
  const has = (...wanted) => args.join(' ').includes(wanted.join(' '));
  const hearing = 'window ' + (Number(/[0-9]+/.exec(args[at + 1])[0]) + 1) + (has('-tp') ? ' sampled' : has('-bs', '5') ? ' beam' : ' fast');
  appendFileSync(${JSON.stringify(join(dir, 'hearings'))}, hearing + '\\n');
  const killedAt = ${JSON.stringify(join(dir, 'killed-at'))};
  if (existsSync(killedAt) && readFileSync(killedAt, 'utf8') === hearing) {
    rmSync(killedAt);
    process.kill(process.pid, 'SIGKILL');
  }
  const texts = ${expression};
  const step = (seconds * 1000) / texts.length;
  const transcription = texts.map((text, index) => ({ text: ' ' + text, offsets: { from: index * step, to: (index + 1) * step }, tokens: [{ text: ' ' + text, id: 1, p: 0.9, offsets: { from: index * step, to: (index + 1) * step } }] }));
  writeFileSync(args[args.indexOf('-of', at) + 1] + '.json', JSON.stringify({ result: { language: 'en' }, transcription }));
});
`);
  chmodSync(program, 0o755);
  return program;
}

const LOOP = "Array.from({ length: 8 }, () => 'I am back again.')";

function createTask(input: string, expression: string): TestTask<TranscribeOptions, Plan, Part> {
  const handler = createHandler({ memoryBytes: 8e9, surroundings: ({ tools }) => ({ env: {}, platform: 'linux', homeDir: dir, ...tools }) }, systemClock);
  const task = createTestTask(handler, { inputs: [input], options: { language: 'en', formats: ['json'] }, tools: { whisperCliPath: whisperThatSays(expression), modelsDir: join(dir, 'models') } });
  tasks.push(task);
  return task;
}

async function transcribe(expression: string): Promise<{ json: TranscriptJson; logLines: readonly string[] }> {
  const task = createTask(path, expression);
  return { json: readTranscript(await task.run()), logLines: task.logLines };
}

function readTranscript([draft]: readonly Draft[]): TranscriptJson {
  return transcriptJson.parse(JSON.parse(readFileSync(draft?.tempPath ?? '', 'utf8')));
}

/** What the stand-in heard since it was last asked. */
function takeHearings(): string[] {
  const hearings = readFileSync(join(dir, 'hearings'), 'utf8').trim().split('\n');
  rmSync(join(dir, 'hearings'));
  return hearings;
}

function texts({ segments }: TranscriptJson): string[] {
  return segments.map((segment) => segment.text);
}

describe.skipIf(process.platform === 'win32')('a window that repeats itself (a stand-in plays whisper-cli; not on Windows)', () => {
  it('is decoded again with more beams', async () => {
    const { json, logLines } = await transcribe(`has('-bs', '5') ? ['Said once.'] : ${LOOP}`);
    expect(texts(json)).toEqual(['Said once.']);
    expect(logLines).toContain('Window 1: repeats itself; beam: good.');
  });

  it('then at higher temperatures', async () => {
    const { json } = await transcribe(`has('-tp') ? ['Said warmly.'] : ${LOOP}`);
    expect(texts(json)).toEqual(['Said warmly.']);
  });

  it('then in halves, whose times are those of the whole', async () => {
    const { json } = await transcribe(`seconds < 14 ? ['First words.', 'Last words.'] : ${LOOP}`);
    expect(texts(json)).toEqual(['First words.', 'Last words.', 'First words.', 'Last words.']);
    expect(json.segments[0]?.startSeconds).toBeLessThan(1.5);
    expect(json.segments[2]?.startSeconds).toBeGreaterThan(6);
    expect(json.segments[3]?.endSeconds).toBeGreaterThan(19);
  });

  it('and keeps one turn of the loop when nothing helps', async () => {
    const { json, logLines } = await transcribe(LOOP);
    expect(texts(json)).toEqual(['I am back again.']);
    expect(logLines.at(-1)).toContain('taken out by hand');
  });
});

describe.skipIf(process.platform === 'win32')('what Whisper writes where nobody speaks (a stand-in plays whisper-cli; not on Windows)', () => {
  it('is left out, and logged; what is spoken beside it stays', async () => {
    const { json, logLines } = await transcribe("['[BLANK_AUDIO]', 'He said (softly) no.', '(wind blowing)', '♪♪', '*sighs*']");
    expect(texts(json)).toEqual(['He said (softly) no.']);
    expect(logLines.at(-1)).toContain('[BLANK_AUDIO] (wind blowing) ♪♪ *sighs*');
  });
});

describe.skipIf(process.platform === 'win32')('a transcription whose windows all repeat themselves (a stand-in plays whisper-cli; not on Windows)', () => {
  const LOOPS_AT_FIRST = `has('-bs', '5') ? ['Said once.'] : ${LOOP}`;

  it('does only the second hearings when it was stopped after the first', async () => {
    const task = createTask(longPath, LOOPS_AT_FIRST);
    const controller = new AbortController();
    const reason = new TaskError('STOPPED', 'paused');
    const { checkpoint } = task;
    checkpoint.onPartSaved = () => {
      if (checkpoint.savedParts.length === checkpoint.partsTotal) controller.abort(reason);
    };
    await expect(task.run(controller.signal)).rejects.toBe(reason);
    const windows = [...checkpoint.parts.keys()].map((index) => `window ${index + 1}`);
    expect(windows.length).toBeGreaterThan(2);
    expect(takeHearings()).toEqual(windows.map((window) => `${window} fast`));
    expect(checkpoint.parts.get(0)?.segments[0]?.text).toBe('I am back again.');

    checkpoint.onPartSaved = () => undefined;
    const json = readTranscript(await task.run());
    expect(takeHearings()).toEqual(windows.map((window) => `${window} beam`));
    expect(texts(json)).toEqual(windows.map(() => 'Said once.'));
    expect([...checkpoint.parts.values()].map(({ firstHearing }) => firstHearing)).toEqual(windows.map(() => null));
  });

  it.each([
    ['window 2 fast', LOOPS_AT_FIRST, ['window 2 fast']],
    ['window 2 beam', LOOPS_AT_FIRST, ['window 2 beam']],
    ['window 2 sampled', LOOP, ['window 2 beam', 'window 2 sampled']],
  ])('hears no other window twice when it is killed at %s, and ends with the same words', async (killedAt, expression, redone) => {
    const expected = readTranscript(await createTask(longPath, expression).run());
    const hearings = takeHearings();

    writeFileSync(join(dir, 'killed-at'), killedAt);
    const killed = createTask(longPath, expression);
    await expect(killed.run()).rejects.toMatchObject({ code: 'TOOL_FAILED', retryable: true });
    expect(existsSync(join(dir, 'killed-at'))).toBe(false);
    expect(readTranscript(await killed.run())).toEqual(expected);
    expect(takeHearings().sort()).toEqual([...hearings, ...redone].sort());
  });
});
