import { Button } from '@mantine/core';
import { IconFileDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/empty-state.tsx';
import { pickFiles, trySample } from './pick-files.ts';
import classes from './empty-queue.module.css';

/** The first thing that anybody sees: what can be dropped, and a sample to try. */
export function EmptyQueue() {
  const { t } = useTranslation('intake');
  return (
    <div className={classes.zone}>
      <EmptyState icon={<IconFileDownload size={56} stroke={1.2} />} title={t('empty.title')} text={t('empty.text')}>
        <Button onClick={() => pickFiles('files')}>{t('addFiles')}</Button>
        <Button variant="default" onClick={() => pickFiles('folder')}>{t('addFolder')}</Button>
        <Button variant="default" onClick={trySample}>{t('trySample')}</Button>
      </EmptyState>
      <ul className={classes.uses}>
        {(['transcript', 'convert', 'preview'] as const).map((use) => (
          <li key={use}>
            <strong>{t(`empty.uses.${use}.title`)}</strong>
            <span>{t(`empty.uses.${use}.text`)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
