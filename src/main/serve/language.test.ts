import { expect, it } from 'vitest';
import { preferredLanguage } from './language.ts';

it.each([
  [undefined, 'en'], ['', 'en'], ['de-DE,de;q=0.9', 'en'], ['zh-CN', 'zh-CN'], ['zh-TW,zh;q=0.9,en;q=0.8', 'zh-CN'], ['en-GB,zh;q=0.9', 'en'],
  ['de, zh;q=0.5, en;q=0.4', 'zh-CN'], ['zh;q=0', 'en'], ['ZH-hans ; Q=0.3', 'zh-CN'], [';;,q=,zh;q=x', 'en'],
] as const)('%j is answered in %s', (header, language) => {
  expect(preferredLanguage(header)).toBe(language);
});
