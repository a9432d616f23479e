/** The tray: what works while no window is open. */
import { nativeImage } from 'electron/common';
import { Menu, Tray } from 'electron/main';
import { join } from 'node:path';
import { batchProgress } from './batch.ts';
import { statusLine, trayMenu, type TrayActions } from './tray-menu.ts';
import type { Texts } from './texts.ts';
import type { Overview } from './work-watch.ts';

export interface TrayIcon {
  update(overview: Overview | null, texts: Texts): void;
  remove(): void;
}

/** Null where the system refuses one. Whether a Linux desktop then shows it is another question: see tray-host.ts. */
export function createTray(iconsDir: string, actions: TrayActions): TrayIcon | null {
  const images = loadImages(iconsDir);
  let tray: Tray;
  try {
    tray = new Tray(images.idle);
  } catch (error) {
    console.warn('There is no tray:', error);
    return null;
  }
  // Elsewhere a click opens the menu.
  if (process.platform === 'win32') tray.on('click', actions.show);
  let shown = '';
  return {
    update(overview, texts) {
      const progress = overview === null ? null : batchProgress(overview.batch, overview.waiting);
      const line = statusLine(overview, texts, progress);
      const template = trayMenu(overview, texts, actions);
      tray.setToolTip(`Longhaul: ${line}`);
      // Linux takes no changes of a menu; and an open menu closes when it is replaced.
      const reads = JSON.stringify(template);
      if (reads === shown) return;
      shown = reads;
      tray.setImage((overview?.running ?? 0) > 0 ? images.busy : images.idle);
      tray.setContextMenu(Menu.buildFromTemplate(template));
    },
    remove: () => { tray.destroy(); },
  };
}

/** macOS colours a template image itself, for light and dark menu bars. */
function loadImages(iconsDir: string): { readonly idle: Electron.NativeImage; readonly busy: Electron.NativeImage } {
  const image = (name: string): Electron.NativeImage => nativeImage.createFromPath(join(iconsDir, `${name}.png`));
  if (process.platform !== 'darwin') return { idle: image('tray-idle'), busy: image('tray-busy') };
  const template = image('trayTemplate');
  template.setTemplateImage(true);
  return { idle: template, busy: template };
}
