import { Text } from '@mantine/core';
import { useCallback, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskId } from '../../../shared/task.ts';
import type { Transcript, TranscriptSegment } from '../../../shared/transcript.ts';
import { useTask } from '../../store/mirror.ts';
import { formatPercent } from '../../ui/format.ts';
import { SegmentList } from './segment-list.tsx';
import { SegmentText } from './segment-text.tsx';
import { formatClock } from './text/time-text.ts';
import { languageName } from './language-name.ts';
import { TranscriptHeader } from './transcript-header.tsx';
import rowClasses from './segment-row.module.css';
import classes from './transcript-page.module.css';

interface Props {
  readonly id: TaskId;
  readonly name: string;
  readonly transcript: Transcript;
}

/** What has been heard so far; the newest is at the end and stays in view. */
export function LiveTranscript({ id, name, transcript: { segments, language } }: Props) {
  const { t } = useTranslation('transcript');
  const task = useTask(id);
  const box = useRef<HTMLDivElement>(null);
  const renderRow = useCallback((segment: TranscriptSegment) => (
    <div className={rowClasses.row}>
      <span className={rowClasses.time}>{formatClock(segment.startMs)}</span>
      <div className={rowClasses.text}><SegmentText segment={segment} matches={[]} current={null} /></div>
    </div>
  ), []);
  const isRunning = task?.status === 'running';
  const facts = [languageName(language), t(isRunning ? 'live.running' : 'live.notRunning', { percent: formatPercent(task?.progress ?? 0) })];
  return (
    <>
      <TranscriptHeader name={name} facts={facts.filter((fact) => fact !== '').join(' · ')} />
      <Text size="sm" c="dimmed" className={classes.note}>{t('live.note')}</Text>
      {segments.length === 0 ? <Text className={classes.note}>{t('live.nothing')}</Text> : <SegmentList label={t('list')} segments={segments} renderRow={renderRow} box={box} isFollowingTail />}
    </>
  );
}
