import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AttemptRecord } from '../../../shared/contract.ts';
import type { TaskSummary } from '../../../shared/summary.ts';
import { ErrorText } from '../../ui/error-text.tsx';
import { formatDuration, formatTime } from '../../ui/format.ts';
import { ErrorDetails } from './error-details.tsx';
import classes from './task-panel.module.css';

interface Props {
  /** The file that the errors are about. */
  readonly name: string;
  readonly attempts: readonly AttemptRecord[];
  /** The one that runs now. */
  readonly running: TaskSummary | null;
}

/** How often it was tried, and why each attempt ended. */
export function AttemptList({ name, attempts, running }: Props) {
  const { t } = useTranslation('task');
  if (attempts.length === 0 && running === null) return <Text size="sm" c="dimmed">{t('attempts.none')}</Text>;
  return (
    <ol className={classes.attempts}>
      {running !== null && <li className={classes.attempt}><Text size="sm" fw={600}>{t('attempts.running', { number: running.attempt })}</Text></li>}
      {attempts.map(({ attempt, endedAt, durationMs, outcome, error }) => (
        <li key={`${attempt} ${endedAt}`} className={classes.attempt}>
          <Text size="sm"><strong>{t('attempts.number', { number: attempt })}</strong> {t(`attempts.outcome.${outcome}`)}</Text>
          <Text size="xs" c="dimmed">{t('attempts.when', { time: formatTime(endedAt), duration: formatDuration(durationMs / 1000) })}</Text>
          {error !== null && <ErrorText error={error} name={name} />}
          {error !== null && <ErrorDetails error={error} />}
        </li>
      ))}
    </ol>
  );
}
