/** Whether the machine runs on its battery. */
import { powerMonitor } from 'electron/main';
import { isOnBattery } from './battery-linux.ts';

/** Electron says nothing of this on Linux, where it is asked for; a minute on battery costs little. */
const LOOK_EVERY_MS = 30_000;

/** Calls the listener at once and at every change. Gives back what ends it. */
export function watchBattery(listener: (isOnBattery: boolean) => void): () => void {
  return process.platform === 'linux' ? watchLinux(listener) : watchSystem(listener);
}

function watchSystem(listener: (isOnBattery: boolean) => void): () => void {
  const onBattery = (): void => { listener(true); };
  const onMains = (): void => { listener(false); };
  listener(powerMonitor.isOnBatteryPower());
  powerMonitor.on('on-battery', onBattery);
  powerMonitor.on('on-ac', onMains);
  return () => {
    powerMonitor.off('on-battery', onBattery);
    powerMonitor.off('on-ac', onMains);
  };
}

function watchLinux(listener: (isOnBattery: boolean) => void): () => void {
  let last: boolean | null = null;
  const look = async (): Promise<void> => {
    const now = await isOnBattery('/sys/class/power_supply');
    if (now !== last) listener(now);
    last = now;
  };
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  void look();
  return () => { clearInterval(timer); };
}
