/** Whether the machine is so hot that its system slows it down hard. On Linux the engine looks itself: Electron says nothing of it there. */
import { powerMonitor } from 'electron/main';
import { isHot } from './heat-policy.ts';

/** Calls the listener at every change. macOS tells a state and a limit, Windows the limit. */
export function watchHeat(listener: (isHot: boolean) => void): void {
  if (process.platform === 'linux') return;
  let state: string = process.platform === 'darwin' ? powerMonitor.getCurrentThermalState() : 'unknown';
  let limitPercent = 100;
  let last = false;
  const tell = (): void => {
    const now = isHot(state, limitPercent);
    if (now !== last) listener(now);
    last = now;
  };
  powerMonitor.on('thermal-state-change', (details) => {
    state = details.state;
    tell();
  });
  powerMonitor.on('speed-limit-change', ({ limit }) => {
    limitPercent = limit;
    tell();
  });
  tell();
}
