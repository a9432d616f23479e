import { describe, expect, it } from 'vitest';
import { counted, fill, LANGUAGES, textsFor } from './texts.ts';

const places = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

describe('the words of tray, menus and dialogs', () => {
  it('are there in both languages, with the same places for values', () => {
    const shape = (texts: object): [string, string[]][] => Object.entries(texts).map(([key, text]) => [key, places(String(text))]);
    expect(shape(LANGUAGES['zh-CN'])).toEqual(shape(LANGUAGES.en));
    // But for the one that is nothing but values.
    const untranslated = Object.entries(LANGUAGES['zh-CN']).filter(([, text]) => !/\p{Script=Han}/u.test(text));
    expect(untranslated.map(([key]) => key)).toEqual(['attentionBody']);
  });

  it('follow the setting, else the system', () => {
    expect(textsFor('system', 'zh-Hans-CN').quit).toBe('退出 Longhaul');
    expect(textsFor('system', 'de-AT').quit).toBe('Quit Longhaul');
    expect(textsFor('en', 'zh-CN').quit).toBe('Quit Longhaul');
    expect(textsFor('zh-CN', 'en-GB').quit).toBe('退出 Longhaul');
  });

  it('count', () => {
    expect(counted(1, LANGUAGES.en.runningOne, LANGUAGES.en.runningMany)).toBe('1 task running');
    expect(counted(12, LANGUAGES.en.runningOne, LANGUAGES.en.runningMany)).toBe('12 tasks running');
    expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}');
  });
});
