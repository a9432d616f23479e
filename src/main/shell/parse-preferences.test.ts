import { describe, expect, it } from 'vitest';
import { parsePreferences } from './parse-preferences.ts';

const DEFAULTS = { closeToTray: true, startAtLogin: false, whenDone: 'nothing', hardwareAcceleration: true, updateFeed: '' };

describe('stored preferences', () => {
  it.each([undefined, null, 'text', 7, []])('are the defaults when %j was stored', (stored) => {
    expect(parsePreferences(stored)).toEqual(DEFAULTS);
  });

  it('lose only what does not fit', () => {
    expect(parsePreferences({ closeToTray: false, whenDone: 'explode', updateFeed: 'http://not-safe.example', startAtLogin: 'yes', hardwareAcceleration: false, unknown: 1 }))
      .toEqual({ ...DEFAULTS, closeToTray: false, hardwareAcceleration: false });
  });

  it('keep a feed that is encrypted on its way', () => {
    expect(parsePreferences({ updateFeed: 'https://updates.example/longhaul' }).updateFeed).toBe('https://updates.example/longhaul');
  });
});
