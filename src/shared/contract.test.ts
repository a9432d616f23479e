import { expect, it } from 'vitest';
import { CHANNELS } from './channels.ts';
import { WINDOW_METHODS } from './contract.ts';
import { resolveSettings, SETTINGS } from './settings.ts';

it('every method of the contract has its channel, and no channel leads nowhere', () => {
  expect([...CHANNELS].sort()).toEqual(Object.keys(WINDOW_METHODS).sort());
});

it('every setting has its default, and a value that does not fit counts as none', () => {
  expect(Object.keys(resolveSettings({})).sort()).toEqual(Object.keys(SETTINGS).sort());
  for (const { schema, default: value } of Object.values(SETTINGS)) expect(schema.safeParse(value).success).toBe(true);
  expect(resolveSettings({ 'queue.media': '3', 'queue.speech': '0', 'theme': 'pink' })).toMatchObject({ 'queue.media': '3', 'queue.speech': '1', 'theme': 'system' });
});
