/** Puts the native menus up, and anew when the language changes. */
import { shell } from 'electron/common';
import { app, Menu, type BrowserWindow } from 'electron/main';
import { join } from 'node:path';
import type { EngineApi } from '../../shared/contract.ts';
import type { HostEvent } from '../../shared/host-contract.ts';
import { appMenu, type MenuActions } from './app-menu.ts';
import { chooseFiles } from './host-api.ts';
import type { OpenedFiles } from './opened-files.ts';
import type { Texts } from './texts.ts';
import type { Updates } from './updates.ts';

export interface MenuOptions {
  readonly api: EngineApi;
  readonly dataDir: string;
  readonly files: OpenedFiles;
  readonly window: BrowserWindow;
  readonly showWindow: () => void;
  readonly publish: (event: HostEvent) => void;
  readonly updates: Updates;
  readonly texts: () => Texts;
  readonly quit: () => void;
}

/** Call the result to put them up anew. */
export function installMenus(options: MenuOptions): () => void {
  const actions = menuActions(options);
  const install = (): void => { Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu({ texts: options.texts(), platform: process.platform, isPackaged: app.isPackaged }, actions))); };
  install();
  return install;
}

function menuActions({ api, dataDir, files, window, showWindow, publish, updates, texts, quit }: MenuOptions): MenuActions {
  return {
    addFiles: (kind) => void chooseFiles(window, kind, texts()).then((paths) => { files.add(paths); }),
    show: (view) => {
      showWindow();
      publish({ kind: 'show', view, id: null });
    },
    setHold: (hold) => { setHold(api, hold); },
    openDataFolder: () => void shell.openPath(dataDir),
    openLogs: () => void shell.openPath(join(app.getPath('userData'), 'logs')),
    checkForUpdates: () => {
      showWindow();
      publish({ kind: 'show', view: 'settings', id: null });
      void updates.check();
    },
    quit,
  };
}

/** What the tray and the menus can do to all work; the window shows what came of it. */
export function setHold(api: Pick<EngineApi, 'setSetting'>, value: 'none' | 'afterCurrent' | 'now'): void {
  api.setSetting({ name: 'hold', value }).catch((error: unknown) => { console.error('The hold could not be set:', error); });
}
