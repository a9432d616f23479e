import { describe, expect, it } from 'vitest';
import { clean, cut, fit, pad, widthOf } from './text.ts';

describe('clean', () => {
  it('leaves nothing a terminal would obey', () => {
    const hostile = `a\nb\r\t\u001b[2J\u0007\u007f\u009b31m\u202Egnp.exe\u2028\u2069\ufeff${String.fromCharCode(0xd800)}`;
    expect(clean(hostile)).toBe('a␊b␍␉␛[2J␇␡�31m�gnp.exe����');
    expect(clean(hostile)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e\u2028\u2069\ufeff]/u);
  });

  it('leaves every script and emoji as it is', () => {
    for (const text of ['Übergröße', '面接 3.mp4', 'مقابلة', '👩‍👩‍👧 família.mov', "it's \"fine\""]) expect(clean(text)).toBe(text);
  });
});

describe('widthOf', () => {
  it.each([
    ['', 0], ['abc', 3], ['面接', 4], ['ｆｕｌｌ', 8], ['한국어', 6], ['é', 1], ['e\u0301', 1], ['😀', 2], ['👩‍👩‍👧', 2], ['🇩🇪', 2], ['❤️', 2], ['1️⃣', 2],
    ['©', 1], ['→', 1], ['█', 1], ['…', 1], ['मराठी', 3], ['𠮷', 2],
  ])('of %j is %d', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });
});

describe('fit and cut', () => {
  const names = ['plain-name-of-a-file.mp4', '面接の録音データ二〇二六年.wav', '👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧.mov', 'e\u0301'.repeat(20)];

  it('never give more columns than asked for, at any width', () => {
    for (const name of names) {
      for (let width = 0; width < 50; width += 1) {
        expect(widthOf(fit(name, width))).toBeLessThanOrEqual(width);
        expect(widthOf(cut(name, width))).toBeLessThanOrEqual(width);
      }
    }
  });

  it('keep a text that has room', () => {
    for (const name of names) expect([fit(name, widthOf(name)), cut(name, widthOf(name))]).toEqual([name, name]);
  });

  it('keep both ends of a name, and the start of a line', () => {
    expect(fit('interview-with-somebody.mp4', 15)).toBe('intervi…ody.mp4');
    expect(cut('interview-with-somebody.mp4', 15)).toBe('interview-with…');
  });
});

describe('pad', () => {
  it('counts columns, not letters', () => {
    expect(pad('面接', 6)).toBe('面接  ');
    expect(pad('7', 3, 'left')).toBe('  7');
    expect(pad('longer', 3)).toBe('longer');
  });
});
