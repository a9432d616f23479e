import { describe, expect, it } from 'vitest';
import type { Segment } from '../plan.ts';
import { cueText, makeCues } from './cues.ts';
import { transcriptJson, writeJson } from './json.ts';
import { parseSrt, parseVtt } from './parse.ts';
import { writeSrt } from './srt.ts';
import { formatTime, squeeze, type Transcript } from './transcript.ts';
import { writeTxt } from './txt.ts';
import { writeVtt } from './vtt.ts';

/** A segment with evenly spread words. */
function segment(text: string, startMs: number, endMs: number, isSpaced = true): Segment {
  const parts = isSpaced ? text.split(' ') : [...text];
  const step = (endMs - startMs) / parts.length;
  const words = parts.map((part, index) => ({ text: part, startMs: Math.round(startMs + index * step), endMs: Math.round(startMs + (index + 1) * step), confidence: 0.9 }));
  return { text, startMs, endMs, words };
}

function transcript(...segments: readonly Segment[]): Transcript {
  return { language: 'en', model: 'tiny.en-q8_0', durationSeconds: 3700, segments };
}

const LONG = 'Printing, in the only sense with which we are at present concerned, differs from most, if not from all, the arts and crafts that are represented in the great exhibition. It is younger than they are.';
const SAMPLE = transcript(
  segment('A short one.', 1000, 2500),
  segment(LONG, 3000, 16_000),
  segment('Tags <i>and</i> & signs --> here', 3_600_000, 3_602_000),
  segment('印刷術は、現在私たちが関心を持っている唯一の意味において、展覧会に出品されたすべての芸術や工芸とは異なる。', 3_610_000, 3_619_000, false),
);

describe('cues', () => {
  it('have at most two lines of 42 columns and seven seconds', () => {
    for (const cue of makeCues(SAMPLE.segments)) {
      const lines = cueText(cue).split('\n');
      expect(lines.length).toBeLessThanOrEqual(2);
      for (const line of lines) expect([...line].reduce((width, character) => width + (character.charCodeAt(0) > 0x2e80 ? 2 : 1), 0)).toBeLessThanOrEqual(42);
      expect(cue.endMs - cue.startMs).toBeLessThanOrEqual(7000);
    }
  });

  it('break rather behind a full stop or a comma than in a phrase', () => {
    const texts = makeCues([segment('We were there when it began. Nobody had told us what would come of it in the end.', 0, 6000)]).map(cueText);
    expect(texts.join('\n')).toContain('began.\n');
  });

  it('keep every word once, in order, at its own time', () => {
    const cues = makeCues([segment(LONG, 3000, 16_000)]);
    expect(cues.map(cueText).join(' ').replaceAll(/\s+/g, ' ')).toBe(LONG);
    const words = segment(LONG, 3000, 16_000).words;
    for (const cue of cues.slice(1)) expect(words.map((word) => word.startMs)).toContain(cue.startMs);
  });

  it('divide the time by length where words are not those of the text', () => {
    const cues = makeCues([{ ...segment(LONG, 0, 20_000), words: [{ text: 'other', startMs: 0, endMs: 1, confidence: 1 }] }]);
    expect(cues.at(0)?.startMs).toBe(0);
    expect(cues.at(-1)?.endMs).toBe(20_000);
    expect(cues.length).toBeGreaterThan(2);
  });
});

describe('formats', () => {
  it('hold the same words', () => {
    const expected = squeeze(SAMPLE.segments.map(({ text }) => text).join(''));
    expect(squeeze(parseSrt(writeSrt(SAMPLE)).map(({ text }) => text).join(''))).toBe(expected);
    expect(squeeze(parseVtt(writeVtt(SAMPLE, false)).map(({ text }) => text).join(''))).toBe(expected);
    expect(squeeze(parseVtt(writeVtt(SAMPLE, true)).map(({ text }) => text).join(''))).toBe(expected);
    expect(squeeze(writeTxt(SAMPLE))).toBe(expected);
    expect(squeeze(transcriptJson.parse(JSON.parse(writeJson(SAMPLE, true))).segments.map(({ text }) => text).join(''))).toBe(expected);
  });

  it('are valid without any speech', () => {
    const silent = transcript();
    expect(writeSrt(silent)).toBe('');
    expect(parseSrt(writeSrt(silent))).toEqual([]);
    expect(writeVtt(silent, true)).toBe('WEBVTT\n\n');
    expect(parseVtt(writeVtt(silent, true))).toEqual([]);
    expect(transcriptJson.parse(JSON.parse(writeJson(silent, false))).segments).toEqual([]);
  });

  it('carry word times where they were asked for', () => {
    expect(writeVtt(SAMPLE, false)).not.toMatch(/<\d/);
    expect(writeVtt(transcript(segment('one two', 61_000, 62_000)), true)).toContain('one <00:01:01.500>two');
    expect(JSON.parse(writeJson(transcript(segment('one two', 61_000, 62_000)), true))).toMatchObject({ segments: [{ words: [{ text: 'one', startSeconds: 61, endSeconds: 61.5, confidence: 0.9 }, { text: 'two' }] }] });
    expect(writeJson(SAMPLE, false)).not.toContain('words');
  });

  it('begin a paragraph in TXT where the speaker paused', () => {
    expect(writeTxt(transcript(segment('One.', 0, 1000), segment('Two.', 1500, 2000), segment('Three.', 5000, 6000)))).toBe('One.\nTwo.\n\nThree.\n');
  });

  it('write times beyond a hundred hours', () => {
    expect(formatTime(0, ',')).toBe('00:00:00,000');
    expect(formatTime(3_723_004, ',')).toBe('01:02:03,004');
    expect(formatTime(400_000_000, '.')).toBe('111:06:40.000');
  });
});

describe('the parsers of our own check', () => {
  const good = writeSrt(SAMPLE);
  it.each([
    ['a missing number', good.replace(/^1\n/, '')],
    ['a wrong number', good.replace(/^2$/m, '7')],
    ['broken times', good.replace('00:00:01,000', '00:00:01')],
    ['a cut-off file', good.slice(0, good.indexOf('-->') + 5)],
  ])('refuse SRT with %s', (_, text) => {
    expect(() => parseSrt(text)).toThrow();
  });

  it('refuse VTT without its first line or with word times out of order', () => {
    const vtt = writeVtt(SAMPLE, true);
    expect(() => parseVtt(vtt.replace('WEBVTT', 'VTT'))).toThrow();
    expect(() => parseVtt(vtt.replace(/<00:00:0[1-9]\.\d{3}>/, '<00:00:59.000>'))).toThrow();
  });
});
