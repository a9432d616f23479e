import { ActionIcon, Text, Title, Tooltip } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { openTranscript } from '../../store/view.ts';
import classes from './transcript-page.module.css';

interface Props {
  readonly name: string;
  /** Language, and how it stands. */
  readonly facts?: string;
  readonly children?: ReactNode;
}

/** The way back, the file's name, and the tools. */
export function TranscriptHeader({ name, facts, children }: Props) {
  const { t } = useTranslation('transcript');
  return (
    <header className={classes.header}>
      <Tooltip label={t('back')}>
        <ActionIcon aria-label={t('back')} onClick={() => openTranscript(null)}><IconArrowLeft size={20} aria-hidden /></ActionIcon>
      </Tooltip>
      <div className={classes.heading}>
        <Title order={1} className={classes.title} title={name}>{name}</Title>
        {facts !== undefined && <Text size="xs" c="dimmed" role="status">{facts}</Text>}
      </div>
      <div className={classes.tools}>{children}</div>
    </header>
  );
}
