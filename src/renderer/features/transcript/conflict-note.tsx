import { Button, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TaskId } from '../../../shared/task.ts';
import { attempt } from '../../ui/toast.ts';
import { keepDraft } from './draft-storage.ts';
import type { Keeping } from './use-saving.ts';
import classes from './transcript-page.module.css';

interface Props {
  readonly id: TaskId;
  readonly keeping: Keeping;
  readonly onTakeOther: () => void;
}

/** Somebody else saved this transcript meanwhile: one of the two versions stays. */
export function ConflictNote({ id, keeping, onTakeOther }: Props) {
  const { t } = useTranslation('transcript');
  const takeOther = (): void => {
    keeping.forget();
    keepDraft(id, { baseRevision: 0, keptAt: 0, steps: [] });
    onTakeOther();
  };
  return (
    <div className={classes.conflict} role="alert">
      <IconAlertTriangle size={18} aria-hidden />
      <Text size="sm" className={classes.conflictText}>{t('conflict.text')}</Text>
      <Button size="compact-sm" variant="default" onClick={() => attempt(keeping.keepMine)}>{t('conflict.keepMine')}</Button>
      <Button size="compact-sm" variant="default" onClick={takeOther}>{t('conflict.takeOther')}</Button>
    </div>
  );
}
