import { describe, expect, it } from 'vitest';
import { parseWhisperJson } from './whisper-output.ts';

interface TokenInput { text: string; from?: number; to?: number; p?: number }

function json(text: string, tokens: readonly TokenInput[], language = 'en'): Buffer {
  return Buffer.from(JSON.stringify({
    systeminfo: 'x', result: { language },
    transcription: [{ text, offsets: { from: 0, to: 5000 }, tokens: tokens.map(({ text: part, from, to, p = 0.9 }, id) => ({ text: part, id, p, t_dtw: -1, ...(from === undefined ? {} : { offsets: { from, to } }) })) }],
  }));
}

describe('parseWhisperJson', () => {
  it('joins the parts of words and their punctuation, and leaves marks of time out', () => {
    const heard = parseWhisperJson(json(' Unbelievable, yes.', [
      { text: '[_BEG_]', from: 0, to: 0 }, { text: ' Un', from: 100, to: 200, p: 0.5 }, { text: 'believ', from: 200, to: 300, p: 1 }, { text: 'able', from: 300, to: 600, p: 0.9 },
      { text: ',', from: 600, to: 620, p: 0.8 }, { text: ' yes', from: 700, to: 900 }, { text: '.', from: 900, to: 950 }, { text: '[_TT_250]', from: 5000, to: 5000 },
    ]));
    expect(heard?.segments[0]?.words).toEqual([
      { text: 'Unbelievable,', startSeconds: 0.1, endSeconds: 0.62, confidence: 0.8 },
      { text: 'yes.', startSeconds: 0.7, endSeconds: 0.95, confidence: 0.9 },
    ]);
    expect(heard?.segments[0]?.text).toBe('Unbelievable, yes.');
    expect(heard?.tokens).toHaveLength(8);
  });

  it('takes the characters of languages without blanks as words', () => {
    const heard = parseWhisperJson(json('你好，世界', [{ text: '你', from: 0, to: 200 }, { text: '好', from: 200, to: 400 }, { text: '，', from: 400, to: 450 }, { text: '世界', from: 500, to: 900 }], 'zh'));
    expect(heard?.language).toBe('zh');
    expect(heard?.segments[0]?.words.map((word) => word.text)).toEqual(['你', '好，', '世界']);
  });

  it('reads text with raw control characters and half a character', () => {
    const bytes = json(' Hi there', [{ text: ' Hi', from: 0, to: 100 }, { text: ' there', from: 100, to: 200 }]);
    const broken = Buffer.concat([bytes.subarray(0, bytes.indexOf(' Hi there') + 3), Buffer.from([0x07, 0xe4, 0xbd]), bytes.subarray(bytes.indexOf(' Hi there') + 3)]);
    expect(parseWhisperJson(broken)?.segments[0]?.text).toBe('Hi \ufffd there');
  });

  it('knows a result that is not whole', () => {
    const bytes = json('text', []);
    expect(parseWhisperJson(bytes.subarray(0, bytes.length - 5))).toBeUndefined();
    expect(parseWhisperJson(Buffer.alloc(0))).toBeUndefined();
    expect(parseWhisperJson(Buffer.from('{"transcription":[]}'))).toBeUndefined();
  });
});
