import { describe, expect, it } from 'vitest';
import { FrameReader, encodeFrame } from './frames.ts';

function readAll(reader: FrameReader, ...chunks: Buffer[]): unknown[] {
  return chunks.flatMap((chunk) => [...reader.push(chunk)]);
}

describe('FrameReader', () => {
  it('finds frames wherever the chunks are cut, also inside a letter', () => {
    const frames = [{ a: 'ß😀\nline' }, [], 'x', null];
    const bytes = Buffer.from(frames.map(encodeFrame).join(''));
    for (let size = 1; size < 12; size += 1) {
      const reader = new FrameReader(1000);
      const chunks: Buffer[] = [];
      for (let start = 0; start < bytes.length; start += size) chunks.push(bytes.subarray(start, start + size));
      expect(readAll(reader, ...chunks)).toEqual(frames);
    }
  });

  it('refuses a frame over the limit before it is whole', () => {
    const reader = new FrameReader(10);
    expect(() => readAll(reader, Buffer.from('12345'), Buffer.from('67890x'))).toThrow(/more than 10 bytes/);
  });

  it('holds a new limit from the next frame on, within one chunk', () => {
    const reader = new FrameReader(10);
    const seen: unknown[] = [];
    for (const frame of reader.push(Buffer.from(`"short"\n"${'long'.repeat(10)}"\n`))) {
      seen.push(frame);
      reader.allow(100);
    }
    expect(seen).toEqual(['short', 'long'.repeat(10)]);
  });

  it.each([['no JSON', 'hello\n'], ['an empty line', '\n'], ['two values', '{}{}\n']])('refuses %s', (_, text) => {
    expect(() => readAll(new FrameReader(100), Buffer.from(text))).toThrow(/not a line of JSON/);
  });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => readAll(new FrameReader(100), Buffer.from([0x22, 0xff, 0x22, 0x0a]))).toThrow(/not a line of JSON/);
  });
});
