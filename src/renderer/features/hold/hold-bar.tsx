import { Button, Menu } from '@mantine/core';
import { IconAlertTriangle, IconBattery1, IconChevronDown, IconDatabase, IconPlayerPause, IconPlayerPlay, IconPlayerSkipForward, IconTemperature, IconUser } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/window-api.ts';
import { forecastQueues } from '../../store/forecast.ts';
import { forecast, useMirror } from '../../store/mirror.ts';
import { formatDuration } from '../../ui/format.ts';
import { describeError } from '../../ui/messages.ts';
import { attempt } from '../../ui/toast.ts';
import { useNow } from '../../ui/use-now.ts';
import { queueLoads } from './queue-load.ts';
import classes from './hold-bar.module.css';

/** The forecast of the whole queue looks at every waiting task: not with each progress. */
const FORECAST_EVERY_MS = 2_000;

/** The lower edge: what runs, how long it all takes, what is wrong, and the one button that holds everything. */
export function HoldBar() {
  const { t } = useTranslation('hold');
  return (
    <footer className={classes.bar} aria-label={t('label')}>
      <Work />
      <Trouble />
      <HoldButton />
    </footer>
  );
}

function Work() {
  const { t } = useTranslation('hold');
  const running = useRunning();
  const waiting = useMirror(({ sections: { counts }, listRevision }) => (listRevision >= 0 ? counts.pending + counts.waiting + counts.retrying : 0));
  const isLoaded = useMirror((mirror) => mirror.isLoaded);
  if (!isLoaded) return <span className={classes.work}>{t('loading')}</span>;
  return (
    <div className={classes.work}>
      <span>{running > 0 ? t('running', { count: running }) : waiting > 0 ? t('noneRunning') : t('idle')}</span>
      {waiting > 0 && <span className={classes.dimmed}>{t('waiting', { count: waiting })}</span>}
      {running > 0 && <TimeLeft />}
      <Holds />
    </div>
  );
}

function TimeLeft() {
  const { t } = useTranslation('hold');
  const now = useNow(FORECAST_EVERY_MS);
  const listRevision = useMirror((mirror) => mirror.listRevision);
  const left = useMemo(() => {
    void listRevision;
    return forecastQueues(queueLoads(useMirror.getState(), forecast, now));
  }, [now, listRevision]);
  if (left === null) return null;
  return <span className={classes.dimmed}>{t(left.isLowerBound ? 'allAtLeast' : 'allLeft', { time: formatDuration(left.seconds) })}</span>;
}

function Holds() {
  const { t } = useTranslation('hold');
  const holds = useMirror(({ status }) => status?.holds);
  const hold = useMirror(({ settings }) => settings.hold);
  const running = useRunning();
  return (
    <>
      {hold === 'afterCurrent' && <span className={classes.held}><IconPlayerSkipForward size={16} aria-hidden />{t(running > 0 ? 'holds.afterCurrentRunning' : 'holds.afterCurrent')}</span>}
      {hold === 'now' && <span className={classes.held}><IconPlayerPause size={16} aria-hidden />{t('holds.now')}</span>}
      {holds?.includes('battery') === true && <span className={classes.held}><IconBattery1 size={16} aria-hidden />{t('holds.battery')}</span>}
      {holds?.includes('heat') === true && <span className={classes.held}><IconTemperature size={16} aria-hidden />{t('holds.heat')}</span>}
      {holds?.includes('foreground') === true && <span className={classes.held}><IconUser size={16} aria-hidden />{t('holds.foreground')}</span>}
      {holds?.includes('disk') === true && <span className={classes.held}><IconDatabase size={16} aria-hidden />{t('holds.disk')}</span>}
    </>
  );
}

function Trouble() {
  const trouble = useMirror((mirror) => mirror.trouble);
  if (trouble === null) return null;
  const { text, details } = describeError(trouble);
  return <span className={classes.trouble} role="alert" title={details}><IconAlertTriangle size={16} aria-hidden /><span>{text}</span></span>;
}

/** Held: goes on with one click. Else: holds with one click, or after what runs. */
function HoldButton() {
  const { t } = useTranslation('hold');
  const hold = useMirror(({ settings }) => settings.hold);
  const isEmpty = useMirror(({ tasks }) => tasks.size === 0);
  if (hold !== 'none') {
    return <Button size="xs" variant="default" leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => setHold('none')}>{t('resume')}</Button>;
  }
  if (isEmpty) return null;
  return (
    <Button.Group>
      <Button size="xs" variant="default" leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={() => setHold('now')}>{t('pauseAll')}</Button>
      <Menu position="top-end">
        <Menu.Target><Button size="xs" variant="default" px={6} aria-label={t('moreWays')}><IconChevronDown size={14} aria-hidden /></Button></Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={() => setHold('now')}>{t('pauseAll')}</Menu.Item>
          <Menu.Item leftSection={<IconPlayerSkipForward size={16} aria-hidden />} onClick={() => setHold('afterCurrent')}>{t('stopAfterCurrent')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  );
}

function setHold(value: 'none' | 'now' | 'afterCurrent'): void {
  attempt(() => api.setSetting({ name: 'hold', value }));
}

function useRunning(): number {
  return useMirror(({ sections, listRevision }) => (listRevision >= 0 ? sections.counts.running : 0));
}
