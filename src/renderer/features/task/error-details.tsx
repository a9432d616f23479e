import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { describeError } from '../../ui/messages.ts';
import classes from './task-panel.module.css';

/** What the engine and its tools said of an error, in their own words, for whoever wants to know. */
export function ErrorDetails({ error }: { readonly error: { readonly code: string; readonly message: string; readonly details?: string | undefined } }) {
  const { t } = useTranslation('task');
  return (
    <details className={classes.details}>
      <summary>{t('details')}</summary>
      <Text size="xs" c="dimmed" className={classes.detailsText}>{describeError(error).details}</Text>
    </details>
  );
}
