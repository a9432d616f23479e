import { Menu } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconRefresh, IconTrash, IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TaskId } from '../../../shared/task.ts';
import { cancel, fitsAny, moveByOne, pause, prioritise, remove, resume, retry } from './task-verbs.ts';

/** As in shared/task.ts (PRIORITY_NAMES), highest first. */
export const PRIORITIES = { critical: 10, high: 7, normal: 5, low: 3 } as const;
const PRIORITY_LABELS = ['critical', 'high', 'normal', 'low'] as const;

/** Everything that can be done with some tasks. */
export function TaskMenuItems({ ids }: { readonly ids: readonly TaskId[] }) {
  const { t } = useTranslation('queue');
  const can = { pause: fitsAny(ids, 'pause'), resume: fitsAny(ids, 'resume'), cancel: fitsAny(ids, 'cancel'), retry: fitsAny(ids, 'retry'), prioritise: fitsAny(ids, 'prioritise') };
  return (
    <>
      {can.pause && <Menu.Item leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={() => pause(ids)}>{t('menu.pause')}</Menu.Item>}
      {can.resume && <Menu.Item leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => resume(ids)}>{t('menu.resume')}</Menu.Item>}
      {can.retry && <Menu.Item leftSection={<IconRefresh size={16} aria-hidden />} onClick={() => retry(ids)}>{t('menu.retry')}</Menu.Item>}
      {can.cancel && <Menu.Item leftSection={<IconX size={16} aria-hidden />} onClick={() => cancel(ids)}>{t('menu.cancel')}</Menu.Item>}
      <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => remove(ids)}>{t('menu.remove')}</Menu.Item>
      {can.prioritise && (
        <>
          <Menu.Divider />
          <Menu.Item onClick={() => moveByOne(ids, 'up')}>{t('menu.moveUp')}</Menu.Item>
          <Menu.Item onClick={() => moveByOne(ids, 'down')}>{t('menu.moveDown')}</Menu.Item>
          <Menu.Label>{t('menu.priority')}</Menu.Label>
          {PRIORITY_LABELS.map((label) => <Menu.Item key={label} onClick={() => prioritise(ids, PRIORITIES[label])}>{t(`priorities.${label}`)}</Menu.Item>)}
        </>
      )}
    </>
  );
}
