/** What must be said before the app is ready. */
import { app } from 'electron/main';
import type { Memory } from './memory.ts';

/** Windows shows notifications and groups windows by it. The same as appId in electron-builder.yml. */
export const APP_ID = 'app.longhaul.desktop';

export function prepareApp(memory: Memory, version: string): void {
  app.setAppUserModelId(APP_ID);
  app.setAboutPanelOptions({ applicationName: 'Longhaul', applicationVersion: version });
  // A screen over the network, a broken driver: the variable helps where no window opens to change the preference in.
  if (!memory.preferences().hardwareAcceleration || (process.env['LONGHAUL_NO_GPU'] ?? '') !== '') app.disableHardwareAcceleration();
}
