import { Skeleton } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TaskId } from '../../../shared/task.ts';
import { useTask } from '../../store/mirror.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorText } from '../../ui/error-text.tsx';
import { fileName } from '../../ui/paths.ts';
import { LiveTranscript } from './live-transcript.tsx';
import { TranscriptEditor } from './transcript-editor.tsx';
import { TranscriptHeader } from './transcript-header.tsx';
import { useTranscript } from './use-transcript.ts';
import classes from './transcript-page.module.css';

/** A transcript over the whole window: live while it is heard, to be edited when it is finished. */
export function TranscriptPage({ id }: { readonly id: TaskId }) {
  const { t } = useTranslation('transcript');
  const name = fileName(useTask(id)?.input ?? '');
  const { loaded, error, reload } = useTranscript(id);
  if (loaded?.isFinal === true) return <TranscriptEditor key={loaded.load} id={id} name={name} loaded={loaded} onReload={reload} />;
  if (loaded !== null) return <LiveTranscript id={id} name={name} transcript={loaded.transcript} />;
  return (
    <>
      <TranscriptHeader name={name} />
      {error === null
        ? <div className={classes.loading} aria-busy><Skeleton height={24} /><Skeleton height={24} mt="sm" /></div>
        : <EmptyState icon={<IconFileText size={40} stroke={1.4} />} title={t('failed')}><ErrorText error={error} name={name} /></EmptyState>}
    </>
  );
}
