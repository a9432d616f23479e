import { ActionIcon, Progress, Text, Title, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TaskSummary } from '../../../shared/summary.ts';
import { forecast } from '../../store/mirror.ts';
import { openTask } from '../../store/view.ts';
import { formatDuration, formatPercent, formatTime } from '../../ui/format.ts';
import { describePhase } from '../../ui/messages.ts';
import { folderOf } from '../../ui/paths.ts';
import { taskName, upkeepNote } from '../../ui/task-name.ts';
import { useNow } from '../../ui/use-now.ts';
import classes from './task-panel.module.css';

/** The file, where it lies, and how the task stands. */
export function TaskHeading({ summary }: { readonly summary: TaskSummary }) {
  const { t } = useTranslation('task');
  const { input, progress, status } = summary;
  return (
    <header className={classes.heading}>
      <div className={classes.name}>
        <Title order={2} className={classes.title}>{taskName(summary)}</Title>
        <Tooltip label={t('close')}>
          <ActionIcon aria-label={t('close')} onClick={() => openTask(null)}><IconX size={18} aria-hidden /></ActionIcon>
        </Tooltip>
      </div>
      <Text size="xs" c="dimmed" className={classes.folder}>{upkeepNote(summary) ?? folderOf(input)}</Text>
      <StateLine summary={summary} />
      {(status === 'running' || (status !== 'completed' && progress > 0)) && <Progress value={progress} size="sm" aria-label={t('progress')} />}
    </header>
  );
}

function StateLine({ summary }: { readonly summary: TaskSummary }) {
  const { t } = useTranslation('task');
  const { status, stopRequested, message, progress, completedAt, runAt } = summary;
  const now = useNow(1000, status === 'running');
  const parts: string[] = [stopRequested === null ? t(`status.${status}`) : t(`stopping.${stopRequested}`)];
  if (status === 'running') {
    parts.push(formatPercent(progress));
    if (message !== '') parts.push(describePhase(message));
    const seconds = forecast.secondsLeft(summary, now);
    if (seconds !== null && seconds >= 1) parts.push(t('left', { time: formatDuration(seconds) }));
  }
  if (completedAt !== null) parts.push(formatTime(completedAt));
  if (status === 'retrying' && runAt !== null) parts.push(t('nextTry', { time: formatTime(runAt) }));
  return <Text size="sm" className={classes.state} data-status={status}>{parts.join(' · ')}</Text>;
}
