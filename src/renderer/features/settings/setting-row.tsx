import { Button, Text } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { SettingControl } from './setting-control.tsx';
import type { SettingEntry } from './settings-table.ts';
import { useSettingText } from './use-setting-text.ts';
import type { SettingValues } from './use-setting-values.ts';
import classes from './settings-page.module.css';

/** One setting: its name and what it does, the control, the default and the way back to it. */
export function SettingRow({ entry, values }: { readonly entry: SettingEntry; readonly values: SettingValues }) {
  const { t } = useTranslation('settings');
  const text = useSettingText();
  const id = useId();
  const value = values.valueOf(entry);
  const isWide = entry.control.kind === 'folder' || entry.control.kind === 'address';
  return (
    <div className={classes.row} data-wide={isWide || undefined}>
      <div>
        <Text component="label" htmlFor={id} size="md">{text.label(entry)}</Text>
        <Text size="sm" c="dimmed" id={`${id}-hint`}>{text.hint(entry)}</Text>
      </div>
      <div className={classes.choice}>
        <div className={classes.control}>
          <SettingControl id={id} describedBy={`${id}-hint`} entry={entry} value={value} onChange={(next) => values.change(entry, next)} />
        </div>
        <div className={classes.fallback}>
          {value !== entry.fallback && (
            <Button variant="subtle" size="compact-xs" aria-label={t('resetNamed', { name: text.label(entry) })} onClick={() => values.reset(entry)}>{t('reset')}</Button>
          )}
          <Text size="xs" c="dimmed">{t('default', { value: text.value(entry, entry.fallback) })}</Text>
        </div>
      </div>
    </div>
  );
}
