import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMirror } from '../../store/mirror.ts';
import { retryAllFailed } from './task-verbs.ts';
import classes from './retry-all-failed.module.css';

/** Everything that failed once more; here only while something has. */
export function RetryAllFailed() {
  const { t } = useTranslation('queue');
  const count = useMirror(({ sections, listRevision }) => (listRevision >= 0 ? sections.counts.failed : 0));
  if (count === 0) return null;
  const label = t('retryAllFailed', { count });
  return (
    <Button variant="default" className={classes.button} aria-label={label} title={label} onClick={retryAllFailed}>
      <IconRefresh size={16} aria-hidden />
      <span className={classes.label}>{label}</span>
    </Button>
  );
}
