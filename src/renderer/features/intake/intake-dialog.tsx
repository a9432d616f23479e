import { Button, Group, Modal, Progress, Text } from '@mantine/core';
import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { formatBytes, formatDuration, formatNumber, formatPercent } from '../../ui/format.ts';
import { toast } from '../../ui/toast.ts';
import { FileList } from './file-list.tsx';
import { tasksOf, totalEstimate } from './intake-plan.ts';
import { closeIntake, startIntake, useIntake } from './intake-store.ts';
import { KindRecipes } from './kind-recipes.tsx';
import { OutputPlace } from './output-place.tsx';
import classes from './intake-dialog.module.css';

/** What would be done with each file, before anything is. */
export function IntakeDialog() {
  const { t } = useTranslation('intake');
  const isOpen = useIntake((intake) => intake.isOpen);
  return (
    <Modal
      opened={isOpen} onClose={closeIntake} size={920} title={t('title')} closeButtonProps={{ 'aria-label': t('cancel') }}
      classNames={{ title: classes.title ?? '' }} transitionProps={{ duration: 100 }} onKeyDown={startOnEnter}
    >
      <Sheet />
    </Modal>
  );
}

function Sheet() {
  const phase = useIntake((intake) => intake.phase);
  const hasFiles = useIntake((intake) => intake.files.length > 0);
  return (
    // The dialog takes the focus some time after it opens: here and not on the button that closes, or on the one that starts (Footer).
    <div tabIndex={-1} data-autofocus={phase === 'review' ? undefined : true} className={classes.sheet}>
      {phase === 'uploading' && <Uploading />}
      {hasFiles && (
        <>
          <KindRecipes />
          <FileList />
          <OutputPlace />
        </>
      )}
      {phase === 'looking' && !hasFiles && <Looking />}
      <Footer />
    </div>
  );
}

function Looking() {
  const { t } = useTranslation('intake');
  return <Text c="dimmed" py="xl" ta="center" role="status">{t('looking')}</Text>;
}

function Uploading() {
  const { t } = useTranslation('intake');
  const upload = useIntake((intake) => intake.upload);
  const files = useIntake((intake) => intake.uploading);
  const percent = upload === null || upload.bytesTotal === 0 ? 0 : (100 * upload.bytesDone) / upload.bytesTotal;
  return (
    <div className={classes.upload}>
      <Group justify="space-between">
        <Text size="sm">{t('uploading', { done: formatNumber(upload?.filesDone ?? 0), total: formatNumber(files.length) })}</Text>
        <Text size="sm" c="dimmed">{upload === null ? '' : `${formatBytes(upload.bytesDone)} / ${formatBytes(upload.bytesTotal)}`} · {formatPercent(percent)}</Text>
      </Group>
      <Progress value={percent} aria-label={t('uploadProgress')} color="var(--lh-accent)" />
      <ul className={classes.names}>
        {files.slice(0, 8).map(({ name, sizeBytes }, index) => <li key={`${index} ${name}`}>{name} <span>{formatBytes(sizeBytes)}</span></li>)}
        {files.length > 8 && <li>{t('andMore', { count: files.length - 8 })}</li>}
      </ul>
    </div>
  );
}

function Footer() {
  const { t } = useTranslation('intake');
  const { files, choices, estimates, phase, leftOut } = useIntake(useShallow(({ files, choices, estimates, phase, leftOut }) => ({ files, choices, estimates, phase, leftOut })));
  const count = useMemo(() => tasksOf(files, choices, null).length, [files, choices]);
  const { seconds, known, total } = useMemo(() => totalEstimate(files, choices, estimates), [files, choices, estimates]);
  const start = useRef<HTMLButtonElement>(null);
  const isReady = phase === 'review' && count > 0;
  // Enter starts, wherever the files came from.
  useEffect(() => {
    if (isReady) start.current?.focus();
  }, [isReady]);
  return (
    <div className={classes.footer}>
      <div className={classes.sum} aria-live="polite">
        {leftOut > 0 && <Text size="sm">{t('leftOut', { count: leftOut })}</Text>}
        {known > 0 && <Text size="sm" c="dimmed">{known === total ? t('totalEstimate', { time: formatDuration(seconds) }) : t('partEstimate', { time: formatDuration(seconds), known: formatNumber(known), total: formatNumber(total) })}</Text>}
      </div>
      <Button variant="default" onClick={closeIntake}>{t('cancel')}</Button>
      <Button ref={start} data-start data-autofocus={isReady ? true : undefined} disabled={!isReady} loading={phase === 'adding'} onClick={begin}>
        {count === 0 ? t('start') : t('startCount', { count })}
      </Button>
    </div>
  );

  function begin(): void {
    void startIntake().then((added) => {
      if (added > 0) toast.done(t('added', { count: added }));
    });
  }
}

/** Enter on a button or in a field belongs to them. */
function startOnEnter(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.key !== 'Enter' || event.defaultPrevented) return;
  if (event.target instanceof HTMLElement && event.target.closest('button, input, [role="menu"], [role="listbox"]') !== null) return;
  event.currentTarget.querySelector<HTMLButtonElement>('[data-start]')?.click();
}
