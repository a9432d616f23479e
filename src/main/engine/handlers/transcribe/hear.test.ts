import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../clock.ts';
import { createTestTask } from '../test-context.ts';
import { ffmpeg } from '../test-sources.ts';
import { transcriptJson, type TranscriptJson } from './formats/json.ts';
import { createHandler } from './index.ts';
import { SAMPLE } from './test-speech.ts';

let dir = '';
let path = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'longhaul-hear-'));
  path = join(dir, 'speech.wav');
  ffmpeg(['-i', SAMPLE, '-t', '21', '-map', '0:a', '-ar', '16000', '-ac', '1', path]);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/**
 * A stand-in for whisper-cli that loops where it is told to, as the real one does only now and then: it writes what the
 * expression makes of the decoding's arguments and of the seconds of the file.
 */
function whisperThatSays(expression: string): string {
  const program = join(dir, 'whisper-cli');
  writeFileSync(program, `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const args = process.argv.slice(2);
args.forEach((arg, at) => {
  if (arg !== '-f') return;
  console.error(\`main: processing '\${args[at + 1]}' (1 samples)\`);
  const seconds = (readFileSync(args[at + 1]).length - 44) / 32000;
  const has = (...wanted) => args.join(' ').includes(wanted.join(' '));
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

async function transcribe(expression: string): Promise<{ json: TranscriptJson; logLines: readonly string[] }> {
  const handler = createHandler({ memoryBytes: 8e9, surroundings: ({ tools }) => ({ env: {}, platform: 'linux', homeDir: dir, ...tools }) }, systemClock);
  const task = createTestTask(handler, { inputs: [path], options: { language: 'en', formats: ['json'] }, tools: { whisperCliPath: whisperThatSays(expression), modelsDir: join(dir, 'models') } });
  try {
    const [draft] = await task.run();
    return { json: transcriptJson.parse(JSON.parse(readFileSync(draft?.tempPath ?? '', 'utf8'))), logLines: task.logLines };
  } finally {
    task.dispose();
  }
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
