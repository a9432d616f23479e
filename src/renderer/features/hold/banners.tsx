import { Button, CloseButton, Loader } from '@mantine/core';
import { IconClock, IconHistory, IconPlugConnectedX } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { attempt } from '../../ui/toast.ts';
import { useNow } from '../../ui/use-now.ts';
import classes from './banners.module.css';

/** Lines above the page that concern all of it. */
export function Banners() {
  return (
    <>
      <ConnectionBanner />
      <WhenDoneBanner />
      <RecoveredBanner />
    </>
  );
}

function ConnectionBanner() {
  const { t } = useTranslation('hold');
  const connection = useMirror((mirror) => mirror.connection);
  if (connection === 'lost') return <Banner tone="bad" icon={<Loader size={16} aria-hidden />} role="alert">{t('connection.lost')}</Banner>;
  if (connection === 'refused') return <Banner tone="bad" icon={<IconPlugConnectedX size={18} aria-hidden />} role="alert">{t('connection.refused')}</Banner>;
  return null;
}

function WhenDoneBanner() {
  const whenDone = useMirror((mirror) => mirror.whenDone);
  return whenDone === null ? null : <Countdown action={whenDone.action} endsAt={whenDone.endsAt} />;
}

function Countdown({ action, endsAt }: NonNullable<ReturnType<typeof useMirror.getState>['whenDone']>) {
  const { t } = useTranslation('hold');
  const now = useNow(1000);
  const seconds = Math.max(0, Math.ceil((endsAt - now) / 1000));
  return (
    <Banner tone="warn" icon={<IconClock size={18} aria-hidden />} role="timer">
      {t(`whenDone.${action}`, { count: seconds })}
      <Button size="xs" variant="default" onClick={() => attempt(() => api.cancelWhenDone({}))}>{t('whenDone.cancel')}</Button>
    </Banner>
  );
}

/** What the start found interrupted: said once, quietly. */
function RecoveredBanner() {
  const { t } = useTranslation('hold');
  const recovered = useMirror(({ host }) => host?.recoveredTasks ?? 0);
  const [isClosed, setIsClosed] = useState(() => sessionStorage.getItem(CLOSED_KEY) !== null);
  if (recovered === 0 || isClosed) return null;
  const close = () => {
    // A reload of the window is no new start of the engine.
    sessionStorage.setItem(CLOSED_KEY, 'yes');
    setIsClosed(true);
  };
  return (
    <Banner tone="quiet" icon={<IconHistory size={18} aria-hidden />} role="status">
      {t('recovered', { count: recovered })}
      <CloseButton size="sm" aria-label={t('close')} onClick={close} />
    </Banner>
  );
}

const CLOSED_KEY = 'recovered-closed';

function Banner({ tone, icon, role, children }: { readonly tone: 'bad' | 'warn' | 'quiet'; readonly icon: ReactNode; readonly role: string; readonly children: ReactNode }) {
  return <div className={classes.banner} data-tone={tone} role={role}>{icon}{children}</div>;
}
