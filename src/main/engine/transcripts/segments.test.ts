import { describe, expect, it } from 'vitest';
import type { TranscriptSegment } from '../../../shared/transcript.ts';
import { makeParagraphs } from './paragraphs.ts';
import { cleanSegments } from './segments.ts';

function segment(text: string, startMs: number, endMs: number, words: TranscriptSegment['words'] = []): TranscriptSegment {
  return { text, startMs, endMs, words };
}

function word(text: string, startMs: number, endMs: number) {
  return { text, startMs, endMs, confidence: 0.8 };
}

describe('cleanSegments', () => {
  it('keeps what is in order, to the millisecond, and drops segments whose text was deleted', () => {
    expect(cleanSegments([segment(' One. ', 0, 999.6), segment(' \n', 1000, 2000), segment('Two.', 2000, 3000)], 3000)).toEqual([segment('One.', 0, 1000), segment('Two.', 2000, 3000)]);
  });

  it.each([
    ['a segment that ends before it begins', [segment('a', 2000, 1000)], 'ends before it begins'],
    ['segments out of order', [segment('a', 2000, 3000), segment('b', 0, 1000)], 'begins before the one before it ends'],
    ['segments that overlap', [segment('a', 0, 2000), segment('b', 1999, 3000)], 'Segment 2'],
    ['a time behind the end', [segment('a', 0, 10_501)], 'behind the end of the recording'],
  ])('refuses %s and says which', (_, segments, message) => {
    expect(() => cleanSegments(segments, 10_000)).toThrow(expect.objectContaining({ code: 'USAGE', message: expect.stringContaining(message) }));
  });

  it('keeps the words that are still in the text, in their order and within its times', () => {
    const words = [word('Hello', 0, 400), word('cruel', 400, 700), word('world', 700, 1000), word('late', 900, 1200)];
    expect(cleanSegments([segment('Hello world late', 0, 1000, words)], 2000)[0]?.words).toEqual([words[0], words[2]]);
  });

  it('keeps line breaks, in one spelling, and no control characters', () => {
    expect(cleanSegments([segment('a\r\nb\rc\u2028d\u0000\u0007', 0, 1)], 1)[0]?.text).toBe('a\nb\nc\nd');
  });
});

describe('makeParagraphs', () => {
  it('begins a new one after a pause of two seconds, and about once a minute', () => {
    const steady = Array.from({ length: 30 }, (_, index) => segment(`s${index}`, index * 5000, index * 5000 + 5000));
    expect(makeParagraphs([segment('One.', 0, 1000), segment('Two.', 1500, 2000), segment('Three.', 4000, 5000)])).toEqual([{ startMs: 0, text: 'One. Two.' }, { startMs: 4000, text: 'Three.' }]);
    expect(makeParagraphs(steady).map(({ startMs }) => startMs)).toEqual([0, 60_000, 120_000]);
  });

  it('puts no blanks between segments of scripts that have none', () => {
    expect(makeParagraphs([segment('你好。', 0, 1000), segment('世界。', 1000, 2000), segment('OK then', 2000, 3000)])).toEqual([{ startMs: 0, text: '你好。世界。 OK then' }]);
  });
});
