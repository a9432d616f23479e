/** What is chosen, from both keepers, and the one way to change it. */
import { useEffect, useState } from 'react';
import type { Preferences } from '../../../shared/host-contract.ts';
import type { SettingName } from '../../../shared/settings.ts';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { attempt } from '../../ui/toast.ts';
import { preferenceChange, preferenceText } from './preference-values.ts';
import { SETTING_ENTRIES, type SettingEntry } from './settings-table.ts';

export interface SettingValues {
  /** Those that there are on this host. */
  readonly entries: readonly SettingEntry[];
  valueOf(entry: SettingEntry): string;
  change(entry: SettingEntry, text: string): void;
  reset(entry: SettingEntry): void;
}

export function useSettingValues(): SettingValues {
  const settings = useMirror((mirror) => mirror.settings);
  const { preferences, change: changePreference } = usePreferences();
  const entries: readonly SettingEntry[] = SETTING_ENTRIES;
  return {
    entries: entries.filter(({ keeper }) => keeper.kind === 'engine' || preferences !== null),
    valueOf: ({ keeper, fallback }) => {
      if (keeper.kind === 'engine') return settings[keeper.name];
      return preferences === null ? fallback : preferenceText(preferences, keeper.name);
    },
    change: ({ keeper }, text) => (keeper.kind === 'engine' ? changeSetting(keeper.name, text) : changePreference(keeper.name, text)),
    reset: ({ keeper, fallback }) => (keeper.kind === 'engine' ? changeSetting(keeper.name, null, fallback) : changePreference(keeper.name, fallback)),
  };
}

/** Shown at once; what could not be kept goes back to what it was. */
function changeSetting(name: SettingName, value: string | null, shown: string = value ?? ''): void {
  const before = useMirror.getState().settings[name];
  const show = (text: string): void => useMirror.setState(({ settings }) => ({ settings: { ...settings, [name]: text } }));
  show(shown);
  attempt(async () => {
    try {
      await api.setSetting({ name, value });
    } catch (thrown) {
      show(before);
      throw thrown;
    }
  });
}

/** The desktop's own; null where the host keeps none, or until they have come. */
function usePreferences(): { preferences: Preferences | null; change: (name: keyof Preferences, text: string) => void } {
  const canKeep = useMirror(({ host }) => host?.can.keepPreferences === true);
  const [preferences, setPreferences] = useState<Preferences | null>(null);
  useEffect(() => {
    if (canKeep) attempt(async () => setPreferences(await api.getPreferences({})));
  }, [canKeep]);
  const change = (name: keyof Preferences, text: string): void => {
    const wanted = preferenceChange(name, text);
    if (wanted !== null) attempt(async () => setPreferences(await api.setPreferences(wanted)));
  };
  return { preferences, change };
}
