import { Button, Group, Loader, Modal, Progress, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { formatBytes, formatDuration, formatNumber, formatPercent } from '../../ui/format.ts';
import { useMirror } from '../../store/mirror.ts';
import { ChainPlans } from './chain-plan.tsx';
import { FileList } from './file-list.tsx';
import { tasksOf, totalEstimate } from './intake-plan.ts';
import { closeIntake, notYet, plannedChains, readAgain, startIntake, useIntake } from './intake-store.ts';
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
  const hasFiles = useIntake((intake) => intake.files.length > 0);
  const isUploading = useIntake((intake) => intake.uploading.length > 0);
  const isLooking = useIntake((intake) => intake.coming > 0);
  return (
    // The dialog takes the focus some time after it opens: here and not on the button that closes, or on the one that starts (Footer).
    <div tabIndex={-1} data-autofocus={hasFiles ? undefined : true} className={classes.sheet}>
      <Added />
      {isUploading && <Uploading />}
      {hasFiles && (
        <>
          <KindRecipes />
          <ChainPlans />
          <FileList />
          <div className={classes.below}>
            <div className={classes.place}><OutputPlace /></div>
            <Unusable />
          </div>
        </>
      )}
      {isLooking && !isUploading && !hasFiles && <Looking />}
      <Footer />
    </div>
  );
}

/** In a place that is there from the beginning: the list must not jump when the first of them is found. */
function Unusable() {
  const { t } = useTranslation('intake');
  const files = useIntake((intake) => intake.files);
  const count = useMemo(() => files.filter(({ problem }) => problem !== null).length, [files]);
  return count > 0 && <span className={classes.unusable}><IconAlertTriangle size={16} aria-hidden />{t('unusable', { count })}</span>;
}

function Added() {
  const { t } = useTranslation('intake');
  const added = useIntake((intake) => intake.added);
  return added > 0 && <Text size="sm" role="status">{t('addedWithout', { count: added })}</Text>;
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
  const { files, choices, chainSteps, phase, coming, wish, added } = useIntake(useShallow(({ files, choices, chainSteps, phase, coming, wish, added }) => ({ files, choices, chainSteps, phase, coming, wish, added })));
  const chains = useMirror((mirror) => mirror.chains);
  const count = useMemo(() => tasksOf(files, choices, null, plannedChains(chains, chainSteps)).length, [files, choices, chains, chainSteps]);
  const start = useRef<HTMLButtonElement>(null);
  const isReady = phase === 'review' && count > 0;
  const isWaiting = wish !== null && phase === 'review';
  // Enter starts, wherever the files came from.
  useEffect(() => {
    if (isReady) start.current?.focus();
  }, [isReady]);
  return (
    <div className={classes.footer}>
      <Sum />
      {isWaiting && <Button variant="subtle" onClick={() => { notYet(); start.current?.focus(); }}>{t('notYet')}</Button>}
      <Button variant="default" onClick={closeIntake}>{added > 0 ? t('close') : t('cancel')}</Button>
      <Button
        ref={start} data-start data-autofocus={isReady ? true : undefined} disabled={!isReady} loading={phase === 'adding'} onClick={startIntake}
        // It keeps the focus while it waits: one more Enter, by somebody who is in a hurry, does nothing.
        {...(isWaiting ? { 'data-disabled': true, 'aria-disabled': true } : {})}
      >
        {count === 0 ? t('start') : coming > 0 ? t('startAll') : t('startCount', { count })}
      </Button>
    </div>
  );
}

/** What there is to know of all files together. */
function Sum() {
  const { t } = useTranslation('intake');
  const { files, choices, estimates, phase, coming, wish, brokenOff, leftOut } = useIntake(useShallow(({ files, choices, estimates, phase, coming, wish, brokenOff, leftOut }) => ({ files, choices, estimates, phase, coming, wish, brokenOff, leftOut })));
  const { seconds, known, total } = useMemo(() => totalEstimate(files, choices, estimates), [files, choices, estimates]);
  const isReading = coming > 0 && files.length > 0;
  return (
    // Read out when they change: the counts, which grow ten times a second, stand elsewhere.
    <div className={classes.sum} aria-live="polite">
      {isReading && <Text size="sm" className={classes.reading}><Loader size={14} color="var(--lh-accent)" aria-hidden />{wish === null ? t('stillReading') : t('startsWhenRead')}</Text>}
      {brokenOff.length > 0 && <Text size="sm" className={classes.broken}>{t('brokenOff')} <Button variant="default" size="compact-xs" disabled={phase !== 'review'} onClick={readAgain}>{t('readAgain')}</Button></Text>}
      {leftOut > 0 && <Text size="sm">{t('leftOut', { count: leftOut })}</Text>}
      {!isReading && known > 0 && <Text size="sm" c="dimmed">{known === total ? t('totalEstimate', { time: formatDuration(seconds) }) : t('partEstimate', { time: formatDuration(seconds), known: formatNumber(known), total: formatNumber(total) })}</Text>}
    </div>
  );
}

/** Enter on a button or in a field belongs to them. */
function startOnEnter(event: KeyboardEvent<HTMLDivElement>): void {
  if (event.key !== 'Enter' || event.defaultPrevented) return;
  if (event.target instanceof HTMLElement && event.target.closest('button, input, [role="menu"], [role="listbox"]') !== null) return;
  event.currentTarget.querySelector<HTMLButtonElement>('[data-start]')?.click();
}
