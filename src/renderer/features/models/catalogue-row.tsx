import { Button, Progress, Text } from '@mantine/core';
import { IconCheck, IconDownload, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ModelList } from '../../../shared/contract.ts';
import { api } from '../../api/window-api.ts';
import { ErrorText } from '../../ui/error-text.tsx';
import { formatBytes, formatPercent } from '../../ui/format.ts';
import { attempt } from '../../ui/toast.ts';
import { downloadState, familyOf } from './model-facts.ts';
import { useRemoval } from './remove-model.tsx';
import classes from './models-page.module.css';

type Entry = ModelList['catalogue'][number];

/** A model that can be had: nothing is fetched before its button is pressed. */
export function CatalogueRow({ entry }: { readonly entry: Entry }) {
  const { t } = useTranslation('models');
  const { name, sizeBytes, isMultilingual, problem } = entry;
  const family = familyOf(name);
  const state = downloadState(entry);
  const facts = [...(family === null ? [] : [t(`family.${family}`)]), t(isMultilingual ? 'multilingual' : 'english'), formatBytes(sizeBytes)];
  return (
    <div className={classes.row}>
      <div className={classes.entry}>
        <Text size="md">{name}</Text>
        <Text size="sm" c="dimmed">{facts.join(' · ')}</Text>
        {(state === 'downloading' || state === 'partial') && <DownloadProgress entry={entry} />}
        {problem !== null && state !== 'downloading' && <ErrorText error={problem} name={name} />}
      </div>
      <CatalogueActions entry={entry} />
    </div>
  );
}

function DownloadProgress({ entry: { name, sizeBytes, downloadedBytes, isDownloading } }: { readonly entry: Entry }) {
  const { t } = useTranslation('models');
  const percent = sizeBytes === 0 ? 0 : Math.min(100, (100 * (downloadedBytes ?? 0)) / sizeBytes);
  const done = { done: formatBytes(downloadedBytes ?? 0), total: formatBytes(sizeBytes), percent: formatPercent(percent) };
  return (
    <div className={classes.progress}>
      <Progress value={percent} size="sm" {...(isDownloading ? {} : { color: 'gray' })} aria-label={t('progressOf', { name })} />
      <Text size="xs" c="dimmed">{t(isDownloading ? 'downloading' : 'cutOff', done)}</Text>
    </div>
  );
}

function CatalogueActions({ entry }: { readonly entry: Entry }) {
  const { t } = useTranslation('models');
  const { name } = entry;
  const removal = useRemoval(name);
  const download = (): void => attempt(() => api.downloadModel({ name }));
  switch (downloadState(entry)) {
    case 'present':
      return <Text size="sm" c="dimmed" className={classes.present}><IconCheck size={16} aria-hidden /> {t('present')}</Text>;
    case 'downloading':
      return <Button size="xs" variant="default" leftSection={<IconX size={16} aria-hidden />} aria-label={t('cancelNamed', { name })} onClick={() => attempt(() => api.cancelModelDownload({ name }))}>{t('cancel')}</Button>;
    case 'partial':
      return (
        <div className={classes.actions}>
          <Button size="xs" variant="subtle" color="gray" aria-label={t('removeNamed', { name })} onClick={removal.ask}>{t('remove')}</Button>
          <Button size="xs" variant="default" leftSection={<IconPlayerPlay size={16} aria-hidden />} aria-label={t('resumeNamed', { name })} onClick={download}>{t('resume')}</Button>
          {removal.dialog}
        </div>
      );
    case 'absent':
      return <Button size="xs" variant="default" leftSection={<IconDownload size={16} aria-hidden />} aria-label={t('downloadNamed', { name })} onClick={download}>{t('download')}</Button>;
  }
}
