/** The desktop's preferences as the texts that the settings page shows, and back. */
import type { Preferences } from '../../../shared/host-contract.ts';

export function preferenceText(preferences: Preferences, name: keyof Preferences): string {
  const value = preferences[name];
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : value;
}

/** The change that makes a preference this text; null: it can't be that. */
export function preferenceChange(name: keyof Preferences, text: string): Partial<Preferences> | null {
  switch (name) {
    case 'closeToTray':
    case 'startAtLogin':
    case 'hardwareAcceleration':
      return text === 'on' || text === 'off' ? { [name]: text === 'on' } : null;
    case 'whenDone':
      return text === 'nothing' || text === 'sleep' || text === 'shutdown' || text === 'quit' ? { whenDone: text } : null;
    case 'updateFeed':
      return text === '' || isHttpsAddress(text) ? { updateFeed: text } : null;
  }
}

function isHttpsAddress(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}
