import { useTranslation } from 'react-i18next';
import type { TaskSummary } from '../../../shared/summary.ts';
import { forecast } from '../../store/mirror.ts';
import { formatDuration, formatPercent, formatTime } from '../../ui/format.ts';
import { describeError, describePhase, isWaitMessage } from '../../ui/messages.ts';
import { useNow } from '../../ui/use-now.ts';
import classes from './row-progress.module.css';

/** Where a task stands, in words and as a bar while it is under way. */
export function RowProgress({ task, name }: { readonly task: TaskSummary; readonly name: string }) {
  const text = useStateText(task, name);
  const hasBar = task.status === 'running' || (task.progress > 0 && (task.status === 'paused' || task.status === 'pending' || task.status === 'retrying'));
  return (
    <div className={classes.progress} data-status={task.status}>
      <div className={classes.line}>
        <span className={classes.text} title={text}>{text}</span>
        {task.status === 'running' && <TimeLeft task={task} />}
        {task.status !== 'running' && hasBar && <span className={classes.figures}>{formatPercent(task.progress)}</span>}
      </div>
      {hasBar && <Bar task={task} name={name} />}
    </div>
  );
}

function Bar({ task, name }: { readonly task: TaskSummary; readonly name: string }) {
  const { t } = useTranslation('queue');
  // Before it is planned nobody knows how far it is.
  const isKnown = task.status !== 'running' || task.progressTotal > 0 || task.progress > 0;
  return (
    <div className={classes.track} role="progressbar" aria-label={t('progressOf', { name })} aria-valuemin={0} aria-valuemax={100} aria-valuenow={isKnown ? Math.round(task.progress) : undefined} data-known={isKnown}>
      <div className={classes.bar} style={isKnown ? { transform: `scaleX(${task.progress / 100})` } : undefined} />
    </div>
  );
}

function TimeLeft({ task }: { readonly task: TaskSummary }) {
  const { t } = useTranslation('queue');
  const now = useNow(1000);
  const seconds = forecast.secondsLeft(task, now);
  return (
    <span className={classes.figures}>
      {formatPercent(task.progress)}
      {seconds !== null && seconds >= 1 && ` · ${t('timeLeft', { time: formatDuration(seconds) })}`}
    </span>
  );
}

function useStateText(task: TaskSummary, name: string): string {
  const { t } = useTranslation('queue');
  const reason = task.error === null ? '' : describeError(task.error, name).text;
  switch (task.status) {
    case 'running':
      return task.stopRequested === null ? describePhase(task.message) : t(`stopping.${task.stopRequested}`);
    case 'failed':
      return reason;
    case 'retrying':
      return t('states.retrying', { reason });
    case 'waiting':
      if (task.dependsOn.length > 0) return t('states.waitingForTasks', { count: task.dependsOn.length });
      return task.runAt === null ? t('states.waiting') : t('states.waitingUntil', { time: formatTime(task.runAt) });
    case 'pending':
      if (isWaitMessage(task.message)) return describePhase(task.message);
      return task.estimateSeconds === null || task.estimateSeconds === 0 ? t('states.pending') : t('states.pendingEstimate', { time: formatDuration(task.estimateSeconds) });
    case 'completed':
      return t(task.warnings > 0 ? 'states.completedWithNotes' : 'states.completed', { at: task.completedAt === null ? '' : formatTime(task.completedAt), time: formatDuration(task.durationMs / 1000), count: task.warnings });
    case 'paused':
    case 'cancelled':
      return t(`states.${task.status}`);
  }
}
