import { describe, expect, it } from 'vitest';
import { safeFileName } from './file-name.ts';

describe('a name that a browser sends', () => {
  it.each([
    ['holiday.mp4', 'holiday.mp4'],
    ['Übung 采访 (1) – final.mov', 'Übung 采访 (1) – final.mov'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\films\\a.mp4', 'a.mp4'],
    ['..', 'upload'], ['.', 'upload'], ['', 'upload'], ['   ', 'upload'], ['a/', 'upload'],
    ['.hidden.mp4', 'hidden.mp4'], ['.part', 'part'],
    ['a\u0000b\nc.mp4', 'a_b_c.mp4'], ['<a>:"b"|?*.mp4', '_a___b____.mp4'],
    // The mark would show it as harmless-4pm.exe turned around.
    ['harmless-\u202e4pm.exe', 'harmless-_4pm.exe'],
    ['ends. . ', 'ends'],
    ['CON', '_CON'], ['con.mp4', '_con.mp4'], ['Lpt1.txt', '_Lpt1.txt'], ['COM¹.mp4', '_COM¹.mp4'], ['nul .mp4', '_nul .mp4'], ['console.mp4', 'console.mp4'],
    ['\ud800.mp4', '\ufffd.mp4'],
  ])('%j becomes %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe);
  });

  it('is cut to what file systems take, between characters and before its ending', () => {
    const safe = safeFileName(`${'片👩‍👩‍👧'.repeat(100)}.mp4`);
    expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(180);
    expect(safe).toMatch(/^(片👩‍👩‍👧)+片?\.mp4$/u);
    expect(Buffer.byteLength(safeFileName('x'.repeat(1000)))).toBe(180);
    expect(Buffer.byteLength(safeFileName(`x.${'y'.repeat(1000)}`))).toBe(180);
  });
});
