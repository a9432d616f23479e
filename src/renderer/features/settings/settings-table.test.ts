import { expect, test } from 'vitest';
import { preferences } from '../../../shared/host-contract.ts';
import { isSettingName, SETTINGS } from '../../../shared/settings.ts';
import en from '../../i18n/en/settings.json' with { type: 'json' };
import { preferenceChange, preferenceText } from './preference-values.ts';
import { SETTING_ENTRIES, type SettingEntry } from './settings-table.ts';

const ENTRIES: readonly SettingEntry[] = SETTING_ENTRIES;
const DEFAULTS = preferences.parse({});

/** The models page; the bar below; programs only, by setSetting. */
const ELSEWHERE = ['model', 'hold', 'history.maxTasks', 'history.maxMb', ...Object.keys(SETTINGS).filter((name) => name.startsWith('route.'))];

test('every setting and preference has its place: this page or another', () => {
  const here = ENTRIES.map(({ keeper }) => keeper.name);
  expect([...here, ...ELSEWHERE].toSorted()).toEqual([...Object.keys(SETTINGS), ...Object.keys(DEFAULTS)].toSorted());
});

test('the defaults are those of the contract', () => {
  for (const { keeper, fallback } of ENTRIES) {
    expect(fallback, keeper.name).toBe(keeper.kind === 'engine' ? SETTINGS[keeper.name].default : preferenceText(DEFAULTS, keeper.name));
  }
});

test('what can be chosen is what the contract takes, and all of it', () => {
  for (const { keeper, control } of ENTRIES) {
    const isTaken = (text: string): boolean => (keeper.kind === 'engine' ? SETTINGS[keeper.name].schema.safeParse(text).success : preferenceChange(keeper.name, text) !== null);
    if (control.kind === 'switch') expect(['on', 'off'].every(isTaken), keeper.name).toBe(true);
    if (control.kind === 'choice') expect(control.values.every(isTaken), keeper.name).toBe(true);
    if (control.kind === 'number') expect([control.min - 1, control.min, control.max, control.max + 1].map(String).map(isTaken), keeper.name).toEqual([false, true, true, false]);
  }
});

test('every setting has a name, a sentence, and a word for each choice', () => {
  const texts = new Map<string, object>(Object.entries(en.entry));
  for (const { key, control } of ENTRIES) {
    expect(texts.get(key), key).toMatchObject({ label: expect.any(String), hint: expect.any(String), keywords: expect.any(String) });
    if (control.kind === 'choice') expect(texts.get(key), key).toMatchObject({ choice: Object.fromEntries(control.values.map((value) => [value, expect.any(String)])) });
  }
  expect(texts.size).toBe(ENTRIES.length);
});

test('a preference survives being written as text', () => {
  for (const { keeper, fallback } of ENTRIES) {
    if (keeper.kind === 'engine') expect(isSettingName(keeper.name)).toBe(true);
    else expect(preferenceText({ ...DEFAULTS, ...preferenceChange(keeper.name, fallback) }, keeper.name)).toBe(fallback);
  }
});

test.each(['http://updates.example', 'ftp://x', 'updates', 'https://'])('"%s" is no address of an update feed', (text) => {
  expect(preferenceChange('updateFeed', text)).toBeNull();
  expect(preferences.shape.updateFeed.safeParse(text).success).toBe(false);
});
