/** Keeps up with whether a tray is shown: a panel may start after the app, and extensions come and go. */
import type { BrowserWindow } from 'electron/main';
import { setTimeout as delay } from 'node:timers/promises';
import { hasTrayHost } from './tray-host.ts';

export interface TrayHostWatch {
  readonly isThere: boolean;
  /** Looks again whenever its user deals with the window. */
  follow(window: BrowserWindow): void;
}

/** At a login the panel comes up with the apps. */
const PATIENCE_MS = 10_000;

/** onNone: this desktop shows no tray, also not a while after the start. */
export function watchTrayHost(onNone: () => void): TrayHostWatch {
  let isThere = process.platform !== 'linux';
  const look = async (): Promise<boolean> => (isThere = await hasTrayHost(process.platform, process.env));
  const settle = async (): Promise<void> => {
    if (await look()) return;
    await delay(PATIENCE_MS);
    if (!(await look())) onNone();
  };
  void settle();
  return {
    get isThere() { return isThere; },
    follow: (window) => {
      window.on('focus', () => void look());
      window.on('show', () => void look());
    },
  };
}
