import { ActionIcon, Button, Group, Modal, TextInput, Tooltip } from '@mantine/core';
import { IconPlayerTrackNext } from '@tabler/icons-react';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { TranscriptSegment } from '../../../shared/transcript.ts';
import { formatExactTime, parseTime } from './text/time-text.ts';

interface Props {
  readonly segment: TranscriptSegment;
  readonly onClose: () => void;
  readonly onChoose: (startMs: number, endMs: number) => void;
  /** Where the player is. */
  readonly currentMs: () => number;
}

/** Start and end of a segment, typed or taken from the player. */
export function TimesDialog({ segment, onClose, onChoose, currentMs }: Props) {
  const { t } = useTranslation('transcript');
  const [start, setStart] = useState(formatExactTime(segment.startMs));
  const [end, setEnd] = useState(formatExactTime(segment.endMs));
  const [startMs, endMs] = [parseTime(start), parseTime(end)];
  const isUpsideDown = startMs !== null && endMs !== null && endMs <= startMs;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (startMs === null || endMs === null || isUpsideDown) return;
    onChoose(startMs, endMs);
    onClose();
  };
  const take = (label: string, set: (text: string) => void) => (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={() => set(formatExactTime(currentMs()))}><IconPlayerTrackNext size={16} aria-hidden /></ActionIcon>
    </Tooltip>
  );
  return (
    <Modal opened onClose={onClose} title={t('times.title')} size="sm" closeButtonProps={{ 'aria-label': t('times.cancel') }}>
      <form onSubmit={submit}>
        <Group grow align="flex-start">
          <TextInput label={t('times.start')} value={start} onChange={(event) => setStart(event.currentTarget.value)} error={startMs === null && t('times.noTime')} rightSection={take(t('times.takeStart'), setStart)} data-autofocus />
          <TextInput label={t('times.end')} value={end} onChange={(event) => setEnd(event.currentTarget.value)} error={endMs === null ? t('times.noTime') : isUpsideDown && t('times.upsideDown')} rightSection={take(t('times.takeEnd'), setEnd)} />
        </Group>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>{t('times.cancel')}</Button>
          <Button type="submit" disabled={startMs === null || endMs === null || isUpsideDown}>{t('times.set')}</Button>
        </Group>
      </form>
    </Modal>
  );
}
