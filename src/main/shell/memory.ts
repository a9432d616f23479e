/** What the desktop app itself keeps (electron-store): preferences, the window's place, how it last looked. The queue is not in here. */
import Store from 'electron-store';
import * as z from 'zod';
import type { Preferences } from '../../shared/host-contract.ts';
import { SETTINGS } from '../../shared/settings.ts';
import { parsePreferences } from './parse-preferences.ts';
import { windowState, type WindowState } from './window-state.ts';

/** Settings of the engine that the window needs before the engine is open. */
const appearance = z.object({
  theme: SETTINGS.theme.schema.catch('system').default('system'),
  language: SETTINGS.language.schema.catch('system').default('system'),
});
export type Appearance = z.infer<typeof appearance>;

export interface Memory {
  preferences(): Preferences;
  /** Only what is named changes; gives back all. */
  setPreferences(changes: Partial<Preferences>): Preferences;
  windowState(): WindowState | null;
  setWindowState(state: WindowState): void;
  appearance(): Appearance;
  setAppearance(appearance: Appearance): void;
  /** Whether the user was told that closing leaves the work running. */
  wasToldOfTray(): boolean;
  setToldOfTray(): void;
}

/** A file that can't be read is started anew: nothing in it is worth not starting for. */
export function openMemory(): Memory {
  const store = new Store<Record<string, unknown>>({ name: 'desktop', clearInvalidConfig: true });
  const readPreferences = (): Preferences => parsePreferences(store.get('preferences'));
  return {
    preferences: readPreferences,
    setPreferences: (changes) => {
      store.set('preferences', parsePreferences({ ...readPreferences(), ...changes }));
      return readPreferences();
    },
    windowState: () => windowState.nullable().catch(null).parse(store.get('window') ?? null),
    setWindowState: (state) => { store.set('window', state); },
    appearance: () => appearance.catch(appearance.parse({})).parse(store.get('appearance') ?? {}),
    setAppearance: (value) => { store.set('appearance', value); },
    wasToldOfTray: () => store.get('wasToldOfTray') === true,
    setToldOfTray: () => { store.set('wasToldOfTray', true); },
  };
}
