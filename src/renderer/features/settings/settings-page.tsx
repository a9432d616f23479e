import { Button, TextInput, Title } from '@mantine/core';
import { IconAdjustmentsOff, IconSearch } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { searchSettings } from './search-settings.ts';
import { SettingRow } from './setting-row.tsx';
import { SETTING_GROUPS } from './settings-table.ts';
import { UpdateState } from './update-state.tsx';
import { useSettingValues } from './use-setting-values.ts';
import { useSettingText } from './use-setting-text.ts';
import classes from './settings-page.module.css';

/** All settings in their groups. */
export function SettingsPage() {
  const { t } = useTranslation('settings');
  const [query, setQuery] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const values = useSettingValues();
  const text = useSettingText();
  const found = searchSettings(values.entries, query, text.searched);
  const clear = (): void => {
    setQuery('');
    field.current?.focus();
  };
  return (
    <>
      <PageHeader title={t('title')}>
        <TextInput
          ref={field} type="search" className={classes.search} placeholder={t('search')} aria-label={t('search')} leftSection={<IconSearch size={16} aria-hidden />}
          value={query} onChange={(event) => setQuery(event.currentTarget.value)} onKeyDown={(event) => event.key === 'Escape' && query !== '' && clear()}
        />
      </PageHeader>
      {found.length === 0 ? (
        <EmptyState icon={<IconAdjustmentsOff size={40} stroke={1.4} />} title={t('noMatch', { query })} text={t('noMatchText')}>
          <Button variant="default" onClick={clear}>{t('clearSearch')}</Button>
        </EmptyState>
      ) : (
        <div className={classes.scroll}>
          {SETTING_GROUPS.map((group) => {
            const entries = found.filter((entry) => entry.group === group);
            if (entries.length === 0) return null;
            return (
              <section key={group} className={classes.group} aria-labelledby={`settings-${group}`}>
                <Title order={2} id={`settings-${group}`} className={classes.groupName}>{t(`group.${group}`)}</Title>
                <div className={classes.card}>
                  {entries.map((entry) => <SettingRow key={entry.key} entry={entry} values={values} />)}
                  {group === 'app' && <UpdateState />}
                </div>
              </section>
            );
          })}
        </div>
      )}
    </>
  );
}
