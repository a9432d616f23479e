import { expect, test } from 'vitest';
import { searchSettings } from './search-settings.ts';

const TEXTS = ['Theme light dark', 'Language Sprache', 'Dossier de résultats', '主题 浅色 深色'];
const find = (query: string): string[] => searchSettings(TEXTS, query, (text) => text);

test('all words must be there, in any order and case', () => {
  expect(find('DARK the')).toEqual(['Theme light dark']);
  expect(find('dark language')).toEqual([]);
});

test('accents and width make no difference, and Chinese is found within a word', () => {
  expect(find('resultats')).toEqual(['Dossier de résultats']);
  expect(find('ｌｉｇｈｔ')).toEqual(['Theme light dark']);
  expect(find('深')).toEqual(['主题 浅色 深色']);
});

test('an empty query leaves everything', () => {
  expect(find('  ')).toEqual(TEXTS);
});
