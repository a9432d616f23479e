import { describe, expect, it } from 'vitest';
import type { HeardSegment, HeardWindow } from './whisper-output.ts';
import { collapseRepeats, judge } from './whisper-quality.ts';

function segment(text: string): HeardSegment {
  const words = text.split(' ').map((word, index) => ({ text: word, startSeconds: index * 0.3, endSeconds: index * 0.3 + 0.2, confidence: 0.9 }));
  return { startSeconds: 0, endSeconds: words.length * 0.3, text, words };
}

function heard(texts: readonly string[], probability = 0.9): HeardWindow {
  const vocabulary = new Map<string, number>();
  const words = texts.join(' ').split(' ');
  for (const word of words) if (!vocabulary.has(word)) vocabulary.set(word, vocabulary.size);
  return { language: 'en', segments: texts.map(segment), tokens: words.map((word) => ({ id: vocabulary.get(word) ?? 0, probability })) };
}

const SPEECH = 'Printing in the only sense with which we are at present concerned differs from most if not from all the arts and crafts represented in the exhibition';

describe('judge', () => {
  it('accepts speech, repeated words of a living speaker included', () => {
    expect(judge(heard([SPEECH]))).toBe('good');
    expect(judge(heard(['No, no, no, that is not what I said.', 'That is not what I said.']))).toBe('good');
    expect(judge(heard([]))).toBe('good');
  });

  it.each([
    ['one word', Array.from({ length: 30 }, () => 'you').join(' ')],
    ['a sentence', Array.from({ length: 12 }, () => 'Thank you for watching.').join(' ')],
    ['a loop behind good speech', `${SPEECH} ${Array.from({ length: 8 }, () => 'and so on and').join(' ')}`],
    ['a loop that changes its punctuation', 'I know. I know, I know I know! I know. I know.'],
  ])('finds a loop of %s', (_, text) => {
    expect(judge(heard([text]))).toBe('repeats');
  });

  it('finds a loop that goes over segments', () => {
    expect(judge(heard(Array.from({ length: 6 }, () => 'We will be right back.')))).toBe('repeats');
  });

  it('doubts what Whisper itself hardly believed', () => {
    expect(judge(heard([SPEECH], 0.2))).toBe('doubtful');
  });
});

describe('collapseRepeats', () => {
  it('keeps one turn of a loop, all else, and the times of the words that stay', () => {
    const [mended] = collapseRepeats([segment('So it goes on and on and on and on and on and then it ends')]);
    expect(mended?.text).toBe('So it goes on and then it ends');
    expect(mended?.words.map((word) => word.text).join(' ')).toBe(mended?.text);
    expect(mended?.words.at(-1)?.startSeconds).toBeCloseTo(15 * 0.3);
  });

  it('leaves out segments that were nothing but the loop', () => {
    const mended = collapseRepeats(Array.from({ length: 6 }, () => segment('We will be right back.')));
    expect(mended.map(({ text }) => text)).toEqual(['We will be right back.']);
  });

  it('changes nothing where nothing repeats', () => {
    expect(collapseRepeats([segment(SPEECH)])).toEqual([segment(SPEECH)]);
  });
});
