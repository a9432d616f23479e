import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconFolder, IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskSummary } from '../../../shared/summary.ts';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { attempt } from '../../ui/toast.ts';
import { actionsFor } from '../task/actions.ts';
import { TaskMenuItems } from './task-menu.tsx';
import { cancel, pause, resume, retry } from './task-verbs.ts';
import classes from './row-actions.module.css';

interface Props {
  readonly task: TaskSummary;
  readonly name: string;
  /** The row keeps its actions while their menu is open. */
  readonly onMenu: (isOpen: boolean) => void;
}

/** What is done most at a row; everything else is in the menu. The keyboard has keys of its own. */
export function RowActions({ task, name, onMenu }: Props) {
  const { t } = useTranslation('queue');
  const can = actionsFor(task);
  const canUseFiles = useMirror(({ host }) => host?.can.useFiles ?? false);
  const ids = [task.id];
  return (
    // A click on a button is none on its row.
    <div className={classes.actions} onClick={(event) => event.stopPropagation()}>
      {can.includes('pause') && <Action label={t('actions.pause', { name })} onClick={() => pause(ids)}><IconPlayerPause size={16} aria-hidden /></Action>}
      {can.includes('resume') && <Action label={t('actions.resume', { name })} onClick={() => resume(ids)}><IconPlayerPlay size={16} aria-hidden /></Action>}
      {can.includes('retry') && <Action label={t('actions.retry', { name })} onClick={() => retry(ids)}><IconRefresh size={16} aria-hidden /></Action>}
      {can.includes('cancel') && <Action label={t('actions.cancel', { name })} onClick={() => cancel(ids)}><IconX size={16} aria-hidden /></Action>}
      {task.outputs > 0 && canUseFiles && (
        <Action label={t('actions.reveal', { name })} onClick={() => attempt(() => api.revealFile({ id: task.id, which: 'output', index: 0 }))}><IconFolder size={16} aria-hidden /></Action>
      )}
      <Menu position="bottom-end" onChange={onMenu}>
        <Menu.Target>
          <ActionIcon tabIndex={-1} size={28} aria-label={t('actions.more', { name })} title={t('actions.moreShort')}><IconDots size={16} aria-hidden /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <TaskMenuItems ids={ids} />
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

function Action({ label, onClick, children }: { readonly label: string; readonly onClick: () => void; readonly children: ReactNode }) {
  return <ActionIcon tabIndex={-1} size={28} aria-label={label} title={label} onClick={onClick}>{children}</ActionIcon>;
}
