import { Button } from '@mantine/core';
import { IconSearchOff } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMirror } from '../../store/mirror.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { EmptyQueue } from '../intake/empty-queue.tsx';
import { FileButtons } from '../intake/file-buttons.tsx';
import { clearFilters } from './queue-view.ts';
import { QueueFilters } from './queue-filters.tsx';
import { QueueList } from './queue-list.tsx';
import { Results } from './results.tsx';
import { RetryAllFailed } from './retry-all-failed.tsx';
import { SelectionBar } from './selection-bar.tsx';
import { useListModel } from './use-list-model.ts';

/** All tasks: what needs attention, runs, waits and is finished. */
export function QueuePage() {
  const { t } = useTranslation('queue');
  const hasTasks = useMirror(({ tasks, total }) => tasks.size > 0 || total > 0);
  const isLoaded = useMirror((mirror) => mirror.isLoaded);
  const model = useListModel();
  return (
    <>
      <PageHeader title={t('title')}>
        {hasTasks && <RetryAllFailed />}
        {hasTasks && <QueueFilters />}
        {hasTasks && <FileButtons />}
      </PageHeader>
      {!hasTasks && isLoaded && <EmptyQueue />}
      {hasTasks && !model.isEmpty && <QueueList model={model} />}
      {hasTasks && model.isEmpty && isLoaded && (
        <EmptyState icon={<IconSearchOff size={40} stroke={1.3} />} title={t('nothingFound.title')} text={t('nothingFound.text')}>
          <Button variant="default" onClick={clearFilters}>{t('nothingFound.clear')}</Button>
        </EmptyState>
      )}
      <SelectionBar />
      <Results />
    </>
  );
}
