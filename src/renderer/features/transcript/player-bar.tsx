import { ActionIcon, Checkbox, NativeSelect, Slider, Text, Tooltip } from '@mantine/core';
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconRewindBackward5, IconRewindForward5 } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../ui/format.ts';
import { formatClock } from './text/time-text.ts';
import type { Player } from './use-player.ts';
import classes from './player-bar.module.css';

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;
const SKIP_MS = 5_000;

interface Props {
  readonly media: RefObject<HTMLVideoElement | null>;
  readonly player: Player;
  readonly durationMs: number;
  readonly isFollowing: boolean;
  readonly onFollow: (isFollowing: boolean) => void;
}

/** Play, pause, and where in the recording it is. */
export function PlayerBar({ media, player, durationMs, isFollowing, onFollow }: Props) {
  const { t } = useTranslation('transcript');
  if (player.isBroken) return <Text size="sm" c="dimmed" role="status" className={classes.broken}>{t('player.broken')}</Text>;
  return (
    <div className={classes.bar} role="group" aria-label={t('player.title')}>
      <Tool label={t('player.back')} onClick={() => player.skip(-SKIP_MS)}><IconRewindBackward5 size={20} aria-hidden /></Tool>
      <Tooltip label={t(player.isPlaying ? 'player.pause' : 'player.play')}>
        <ActionIcon variant="filled" color="blue" size="lg" radius="xl" aria-label={t(player.isPlaying ? 'player.pause' : 'player.play')} onClick={player.toggle}>
          {player.isPlaying ? <IconPlayerPauseFilled size={18} aria-hidden /> : <IconPlayerPlayFilled size={18} aria-hidden />}
        </ActionIcon>
      </Tooltip>
      <Tool label={t('player.forward')} onClick={() => player.skip(SKIP_MS)}><IconRewindForward5 size={20} aria-hidden /></Tool>
      <Place media={media} seek={player.seek} durationMs={durationMs} />
      <NativeSelect size="xs" aria-label={t('player.rate')} defaultValue="1" data={RATES.map((rate) => ({ value: String(rate), label: `${formatNumber(rate, 2)}×` }))} onChange={(event) => player.setRate(Number(event.currentTarget.value))} />
      <Checkbox size="xs" label={t('player.follow')} checked={isFollowing} onChange={(event) => onFollow(event.currentTarget.checked)} />
    </div>
  );
}

/** Apart from the bar: it is rendered four times a second while it plays. */
function Place({ media, seek, durationMs }: { readonly media: Props['media']; readonly seek: Player['seek']; readonly durationMs: number }) {
  const { t } = useTranslation('transcript');
  const [ms, setMs] = useState(0);
  useEffect(() => {
    const element = media.current;
    const look = (): void => setMs((element?.currentTime ?? 0) * 1000);
    const events = ['timeupdate', 'seeked'] as const;
    for (const name of events) element?.addEventListener(name, look);
    return () => {
      for (const name of events) element?.removeEventListener(name, look);
    };
  }, [media]);
  return (
    <>
      <Text size="xs" className={classes.time}>{formatClock(ms)}</Text>
      <Slider className={classes.slider} size="sm" min={0} max={Math.max(1, durationMs)} step={100} value={Math.min(ms, durationMs)} label={formatClock} thumbLabel={t('player.place')} thumbProps={{ 'aria-valuetext': formatClock(ms) }} onChange={seek} />
      <Text size="xs" className={classes.time}>{formatClock(durationMs)}</Text>
    </>
  );
}

function Tool({ label, onClick, children }: { readonly label: string; readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick}>{children}</ActionIcon>
    </Tooltip>
  );
}
