import { Button, CloseButton, Menu } from '@mantine/core';
import { IconChevronDown, IconPlayerPause, IconPlayerPlay, IconRefresh, IconTrash, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useMirror } from '../../store/mirror.ts';
import { select, useView } from '../../store/view.ts';
import { formatNumber } from '../../ui/format.ts';
import type { TaskAction } from '../task/actions.ts';
import { PRIORITIES } from './task-menu.tsx';
import { cancel, fitsAny, pause, prioritise, remove, resume, retry } from './task-verbs.ts';
import classes from './selection-bar.module.css';

/** What can be done with several tasks at once; here only while several are selected. */
export function SelectionBar() {
  const selected = useView((view) => view.selected);
  return selected.size > 1 ? <Bar /> : null;
}

function Bar() {
  const { t } = useTranslation('queue');
  const selected = useView((view) => view.selected);
  // What fits changes when tasks change their state.
  useMirror((mirror) => mirror.listRevision);
  const ids = [...selected];
  const fits = (action: TaskAction) => fitsAny(ids, action);
  return (
    <div className={classes.bar} role="toolbar" aria-label={t('selection.label')}>
      <span className={classes.count} aria-live="polite">{t('selection.count', { count: selected.size, shown: formatNumber(selected.size) })}</span>
      {fits('pause') && <Button size="xs" variant="default" leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={() => pause(ids)}>{t('menu.pause')}</Button>}
      {fits('resume') && <Button size="xs" variant="default" leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => resume(ids)}>{t('menu.resume')}</Button>}
      {fits('retry') && <Button size="xs" variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => retry(ids)}>{t('menu.retry')}</Button>}
      {fits('cancel') && <Button size="xs" variant="default" leftSection={<IconX size={16} aria-hidden />} onClick={() => cancel(ids)}>{t('menu.cancel')}</Button>}
      {fits('prioritise') && (
        <Menu position="top-start">
          <Menu.Target><Button size="xs" variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>{t('menu.priority')}</Button></Menu.Target>
          <Menu.Dropdown>
            {(['critical', 'high', 'normal', 'low'] as const).map((label) => <Menu.Item key={label} onClick={() => prioritise(ids, PRIORITIES[label])}>{t(`priorities.${label}`)}</Menu.Item>)}
          </Menu.Dropdown>
        </Menu>
      )}
      <Button size="xs" variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={() => remove(ids)}>{t('menu.remove')}</Button>
      <CloseButton aria-label={t('selection.clear')} title={t('selection.clear')} onClick={() => select([])} />
    </div>
  );
}
