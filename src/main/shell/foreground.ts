/** Whether somebody uses the machine: a key, the mouse, a finger within the last minute. */
import { powerMonitor } from 'electron/main';
import type { SettingsWatch } from './settings-watch.ts';

/** Somebody who reads for a minute without a touch has no use for the cores either. */
const IDLE_AFTER_SECONDS = 60;
/** Asked so often, and only while the setting wants to know. */
const LOOK_EVERY_MS = 5_000;

/** Calls the listener at every change. On Linux under Wayland some desktops do not tell: then nobody ever seems to be there, and work goes on. */
export function watchForeground(settings: Pick<SettingsWatch, 'current' | 'onChange'>, listener: (isUsed: boolean) => void): void {
  let timer: NodeJS.Timeout | undefined;
  let last = false;
  const look = (): void => {
    const isUsed = powerMonitor.getSystemIdleTime() < IDLE_AFTER_SECONDS;
    if (isUsed !== last) listener(isUsed);
    last = isUsed;
  };
  const follow = (): void => {
    const isWanted = settings.current.yieldToForeground !== 'off';
    if (isWanted && timer === undefined) {
      timer = setInterval(look, LOOK_EVERY_MS);
      look();
    } else if (!isWanted && timer !== undefined) {
      clearInterval(timer);
      timer = undefined;
    }
  };
  settings.onChange(follow);
  follow();
}
