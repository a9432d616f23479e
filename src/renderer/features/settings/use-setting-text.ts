/** What is written about a setting, in the window's language. */
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../ui/format.ts';
import { recipeName } from '../../ui/recipes.ts';
import type { SettingEntry } from './settings-table.ts';

export interface SettingText {
  label(entry: SettingEntry): string;
  hint(entry: SettingEntry): string;
  /** A value as it is shown. */
  value(entry: SettingEntry, value: string): string;
  /** All that a search looks at. */
  searched(entry: SettingEntry): string;
}

export function useSettingText(): SettingText {
  const { t } = useTranslation('settings');
  const label = ({ key }: SettingEntry): string => t(`entry.${key}.label`);
  const hint = ({ key }: SettingEntry): string => t(`entry.${key}.hint`);
  const value = ({ key, control }: SettingEntry, text: string): string => {
    switch (control.kind) {
      case 'switch': return t(text === 'on' ? 'on' : 'off');
      case 'choice': return t(`entry.${key}.choice.${text}`);
      case 'number': return key === 'holdBelowFreeMb' ? `${formatNumber(Number(text))} ${t('megabytes')}` : formatNumber(Number(text));
      case 'folder': return text === '' ? t('besideInput') : text;
      case 'address': return text === '' ? t('noAddress') : text;
      case 'recipe': return recipeName(text);
    }
  };
  const searched = (entry: SettingEntry): string => {
    const choices = entry.control.kind === 'choice' ? entry.control.values.map((text) => value(entry, text)) : [];
    return [label(entry), hint(entry), t(`entry.${entry.key}.keywords`), t(`group.${entry.group}`), ...choices].join(' ');
  };
  return { label, hint, value, searched };
}
