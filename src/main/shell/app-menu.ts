/** The native menus, in the user's language. */
import type { MenuItemConstructorOptions } from 'electron';
import type { HostEvent } from '../../shared/host-contract.ts';
import type { Texts } from './texts.ts';

export interface MenuActions {
  readonly addFiles: (kind: 'files' | 'folder') => void;
  readonly show: (view: Extract<HostEvent, { kind: 'show' }>['view']) => void;
  readonly setHold: (hold: 'none' | 'afterCurrent' | 'now') => void;
  readonly openDataFolder: () => void;
  readonly openLogs: () => void;
  readonly checkForUpdates: () => void;
  readonly quit: () => void;
}

export interface MenuFacts {
  readonly texts: Texts;
  readonly platform: NodeJS.Platform;
  /** Developer's entries: reload and the tools. */
  readonly isPackaged: boolean;
}

/** Roles bring their own labels, keys and behaviour, as each system has them. */
export function appMenu(facts: MenuFacts, actions: MenuActions): MenuItemConstructorOptions[] {
  const { texts, platform } = facts;
  const isMac = platform === 'darwin';
  const settings: MenuItemConstructorOptions = { id: 'settings', label: texts.settings, accelerator: 'CmdOrCtrl+,', click: () => { actions.show('settings'); } };
  const quit: MenuItemConstructorOptions = { id: 'quit', label: texts.quit, accelerator: 'CmdOrCtrl+Q', click: actions.quit };
  return [
    ...(isMac ? [macMenu(settings, quit, facts, actions)] : []),
    {
      label: texts.file,
      submenu: [
        { id: 'add-files', label: texts.addFiles, accelerator: 'CmdOrCtrl+O', click: () => { actions.addFiles('files'); } },
        { id: 'add-folder', label: texts.addFolder, accelerator: 'CmdOrCtrl+Shift+O', click: () => { actions.addFiles('folder'); } },
        ...(isMac ? [{ label: texts.recent, role: 'recentDocuments', submenu: [{ label: texts.clearRecent, role: 'clearRecentDocuments' }] } satisfies MenuItemConstructorOptions] : []),
        { type: 'separator' },
        ...(isMac ? [] : [settings, { type: 'separator' } satisfies MenuItemConstructorOptions]),
        { label: texts.closeWindow, role: 'close' },
        ...(isMac ? [] : [quit]),
      ],
    },
    { label: texts.edit, role: 'editMenu' },
    { label: texts.view, submenu: viewMenu(facts, actions) },
    {
      label: texts.work,
      submenu: [
        { id: 'pause-all', label: texts.pauseAll, click: () => { actions.setHold('now'); } },
        { id: 'stop-after-current', label: texts.stopAfterCurrent, click: () => { actions.setHold('afterCurrent'); } },
        { id: 'resume-all', label: texts.resumeAll, click: () => { actions.setHold('none'); } },
      ],
    },
    { label: texts.window, role: 'windowMenu' },
    { label: texts.help, role: 'help', submenu: helpMenu(facts, actions) },
  ];
}

function macMenu(settings: MenuItemConstructorOptions, quit: MenuItemConstructorOptions, { texts }: MenuFacts, actions: MenuActions): MenuItemConstructorOptions {
  return {
    label: 'Longhaul',
    submenu: [
      { role: 'about' }, { label: texts.checkForUpdates, click: actions.checkForUpdates }, { type: 'separator' }, settings, { type: 'separator' },
      { role: 'services' }, { type: 'separator' }, { role: 'hide' }, { role: 'hideOthers' }, { role: 'unhide' }, { type: 'separator' }, quit,
    ],
  };
}

function viewMenu({ texts, isPackaged }: MenuFacts, actions: MenuActions): MenuItemConstructorOptions[] {
  return [
    { id: 'queue', label: texts.queue, accelerator: 'CmdOrCtrl+1', click: () => { actions.show('queue'); } },
    { id: 'models', label: texts.models, accelerator: 'CmdOrCtrl+2', click: () => { actions.show('models'); } },
    { type: 'separator' },
    { role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { type: 'separator' }, { role: 'togglefullscreen' },
    ...(isPackaged ? [] : [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }] satisfies MenuItemConstructorOptions[]),
  ];
}

function helpMenu({ texts, platform }: MenuFacts, actions: MenuActions): MenuItemConstructorOptions[] {
  return [
    { id: 'open-data-folder', label: texts.openDataFolder, click: actions.openDataFolder },
    { id: 'open-logs', label: texts.openLogs, click: actions.openLogs },
    ...(platform === 'darwin' ? [] : [{ label: texts.checkForUpdates, click: actions.checkForUpdates }, { role: 'about' }] satisfies MenuItemConstructorOptions[]),
  ];
}
