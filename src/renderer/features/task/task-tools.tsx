import { Button } from '@mantine/core';
import { IconBan, IconFileText, IconFolder, IconPlayerPause, IconPlayerPlay, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TaskSummary } from '../../../shared/summary.ts';
import type { TaskId } from '../../../shared/task.ts';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { openTranscript } from '../../store/view.ts';
import { attempt } from '../../ui/toast.ts';
import { cancel, pause, remove, resume, retry } from '../queue/task-verbs.ts';
import { actionsFor } from './actions.ts';
import { curesFor } from './cures.ts';
import classes from './task-panel.module.css';

const VERBS = { pause, resume, cancel, retry, remove } as const satisfies Record<string, (ids: TaskId[]) => void>;
const ICONS = { pause: IconPlayerPause, resume: IconPlayerPlay, cancel: IconBan, retry: IconRefresh, remove: IconTrash } as const;

/** What can be done with the task now. */
export function TaskTools({ summary }: { readonly summary: TaskSummary }) {
  const { t } = useTranslation('task');
  const canReveal = useMirror(({ host }) => host?.can.useFiles === true);
  const { id, type, status } = summary;
  // What the error's box offers is not offered twice.
  const cures: readonly string[] = summary.error === null ? [] : curesFor(summary.error.code, { status, canReveal, hasDependency: false });
  const hasTranscript = type === 'transcribe' && (status === 'running' || status === 'completed' || summary.progress > 0);
  return (
    <div className={classes.tools} role="toolbar" aria-label={t('tools')}>
      {hasTranscript && <Button size="compact-sm" leftSection={<IconFileText size={16} aria-hidden />} onClick={() => openTranscript(id)}>{t('openTranscript')}</Button>}
      {actionsFor(summary).map((action) => {
        if (action === 'prioritise' || cures.includes(action)) return null;
        const Icon = ICONS[action];
        return <Button key={action} size="compact-sm" variant="default" leftSection={<Icon size={16} aria-hidden />} onClick={() => VERBS[action]([id])}>{t(`action.${action}`)}</Button>;
      })}
      {canReveal && <Button size="compact-sm" variant="default" leftSection={<IconFolder size={16} aria-hidden />} onClick={() => attempt(() => api.revealFile({ id, which: 'input', index: 0 }))}>{t('revealInput')}</Button>}
    </div>
  );
}
