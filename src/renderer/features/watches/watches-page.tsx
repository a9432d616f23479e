import { Button, Skeleton, Text } from '@mantine/core';
import { IconFolderSearch, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { WatchRule } from '../../../shared/watch-contract.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorText } from '../../ui/error-text.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { RuleCard } from './rule-card.tsx';
import { RuleForm } from './rule-form.tsx';
import { useWatches, type WatchList } from './use-watches.ts';
import classes from './watches-page.module.css';

/** The watched folders and how each stands. */
export function WatchesPage() {
  const { t } = useTranslation('watches');
  const list = useWatches();
  const [form, setForm] = useState<{ readonly rule: WatchRule | null } | null>(null);
  const add = (): void => setForm({ rule: null });
  return (
    <>
      <PageHeader title={t('title')}>
        {list.rules !== null && list.rules.length > 0 && <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={add}>{t('addFolder')}</Button>}
      </PageHeader>
      <div className={classes.scroll} aria-busy={list.rules === null && list.error === null}>
        <Rules list={list} onAdd={add} onChange={(rule) => setForm({ rule })} />
      </div>
      {form !== null && <RuleForm rule={form.rule} onClose={() => setForm(null)} />}
    </>
  );
}

function Rules({ list: { rules, error, reload }, onAdd, onChange }: { readonly list: WatchList; readonly onAdd: () => void; readonly onChange: (rule: WatchRule) => void }) {
  const { t } = useTranslation('watches');
  if (rules === null) {
    if (error === null) return <Skeleton height={88} className={classes.first} />;
    return (
      <EmptyState icon={<IconFolderSearch size={40} stroke={1.4} />} title={t('failedToLoad')}>
        <ErrorText error={error} />
        <Button variant="default" onClick={reload}>{t('tryAgain')}</Button>
      </EmptyState>
    );
  }
  if (rules.length === 0) {
    return (
      <EmptyState icon={<IconFolderSearch size={40} stroke={1.4} />} title={t('none')} text={t('noneText')}>
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={onAdd}>{t('addFolder')}</Button>
      </EmptyState>
    );
  }
  return (
    <>
      <Text size="sm" c="dimmed" className={classes.intro}>{t('intro')}</Text>
      <ul className={classes.list} aria-label={t('title')}>
        {rules.map((rule) => <RuleCard key={rule.id} rule={rule} onChange={() => onChange(rule)} />)}
      </ul>
    </>
  );
}
