import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMirror } from '../../store/mirror.ts';
import { retryAllFailed } from './task-verbs.ts';

/** Everything that failed once more; here only while something has. */
export function RetryAllFailed() {
  const { t } = useTranslation('queue');
  const count = useMirror(({ sections, listRevision }) => (listRevision >= 0 ? sections.counts.failed : 0));
  if (count === 0) return null;
  return <Button variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={retryAllFailed}>{t('retryAllFailed', { count })}</Button>;
}
