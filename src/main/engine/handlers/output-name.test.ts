import { describe, expect, it } from 'vitest';
import { outputName } from './output-name.ts';

describe('outputName', () => {
  it('puts the suffix between the input\'s base name and the new extension', () => {
    expect(outputName('/films/interview.final.mov', '.preview', 'mp4')).toBe('interview.final.preview.mp4');
  });

  it('keeps dashes, quotes, newlines and dots of odd names', () => {
    expect(outputName('/x/-rf "a"\n.b', '', 'mp3')).toBe('-rf "a"\n.mp3');
    expect(outputName('/x/.mp4', '', 'mp4')).toBe('.mp4.mp4');
  });

  it('cuts a long name so that it fits 255 bytes with a counter, never inside a character', () => {
    const family = '👨‍👩‍👧';
    const name = outputName(`/x/${family.repeat(14)}.mkv`, '.preview', 'mp4');
    expect(name).toBe(`${family.repeat(13)}.preview.mp4`);
    expect(Buffer.byteLength(`${name} (99)`)).toBeLessThanOrEqual(255);
  });

  it('leaves a name alone that just fits', () => {
    expect(outputName(`/x/${'a'.repeat(246)}.mov`, '', 'mp4')).toBe(`${'a'.repeat(246)}.mp4`);
    expect(outputName(`/x/${'a'.repeat(247)}.mov`, '', 'mp4')).toBe(`${'a'.repeat(246)}.mp4`);
  });
});
