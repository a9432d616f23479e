import { Menu } from '@mantine/core';
import { IconDots, IconFolder, IconPlayerPause, IconPlayerPlay, IconRefresh, IconX } from '@tabler/icons-react';
import { useState, type ComponentPropsWithRef } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { TaskSummary } from '../../../shared/summary.ts';
import type { TaskId } from '../../../shared/task.ts';
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
      <More id={task.id} name={name} onMenu={onMenu} />
    </div>
  );
}

/** The menu exists from the first click on its button: the pointer passes over more rows than are used. */
function More({ id, name, onMenu }: { readonly id: TaskId } & Pick<Props, 'name' | 'onMenu'>) {
  const { t } = useTranslation('queue');
  const [isUsed, setIsUsed] = useState(false);
  const [isOpen, setIsOpen] = useState(false);
  const change = (next: boolean): void => {
    setIsOpen(next);
    onMenu(next);
  };
  const look = { 'label': t('actions.more', { name }), 'title': t('actions.moreShort'), 'aria-haspopup': 'menu' } as const;
  if (!isUsed) {
    const openFirst = (): void => {
      // The menu must have been there closed, or it does not know where to give the focus back.
      flushSync(() => setIsUsed(true));
      change(true);
    };
    return <Action {...look} aria-expanded={false} onClick={openFirst}><IconDots size={16} aria-hidden /></Action>;
  }
  return (
    <Menu position="bottom-end" opened={isOpen} onChange={change}>
      {/* It takes the place of the one that was clicked, and its focus. */}
      <Menu.Target><Action {...look} autoFocus><IconDots size={16} aria-hidden /></Action></Menu.Target>
      <Menu.Dropdown>
        <TaskMenuItems ids={[id]} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** A plain button, which costs least: the pointer makes new ones with each row that it passes. */
function Action({ label, title = label, className = '', ...rest }: { readonly label: string } & ComponentPropsWithRef<'button'>) {
  return <button type="button" tabIndex={-1} className={`${classes.action} ${className}`} aria-label={label} title={title} {...rest} />;
}
