/** Gives the window's page all that it can ask for and hear of. */
import { nativeTheme } from 'electron/main';
import { join } from 'node:path';
import type { HostEvent, Preferences } from '../../shared/host-contract.ts';
import { createDispatch } from '../host/dispatch.ts';
import { publishTo } from '../ipc/publish.ts';
import { registerIpc } from '../ipc/register.ts';
import type { EngineKeeper } from './engine-keeper.ts';
import { createHostApi } from './host-api.ts';
import { onWanted } from './instance.ts';
import { setLoginItem } from './login-item.ts';
import type { MainWindow } from './main-window.ts';
import type { Memory } from './memory.ts';
import { installMenus } from './menus.ts';
import { notifyOf, type Notifications } from './notifications.ts';
import type { OpenedFiles } from './opened-files.ts';
import type { Paths } from './paths.ts';
import { whenQueueIsDone } from './queue-done.ts';
import type { Quitting } from './quitting.ts';
import { rememberingRecent } from './recent-documents.ts';
import { themeOf, type SettingsWatch } from './settings-watch.ts';
import type { Texts } from './texts.ts';
import { createUpdates } from './updates.ts';
import type { WhenDone } from './when-done.ts';
import type { WorkWatch } from './work-watch.ts';

export interface WindowParts {
  readonly version: string;
  readonly paths: Paths;
  readonly memory: Memory;
  readonly files: OpenedFiles;
  readonly engine: EngineKeeper;
  readonly settings: SettingsWatch;
  readonly texts: () => Texts;
  readonly window: MainWindow;
  readonly work: WorkWatch;
  readonly quitting: Quitting;
}

export function connectWindow(parts: WindowParts): { readonly notifications: Notifications } {
  const { version, paths, memory, files, engine, settings, texts, window, work, quitting } = parts;
  const { browserWindow } = window;
  const contents = (): Electron.WebContents => browserWindow.webContents;
  const publish: (event: HostEvent) => void = publishTo(contents);
  engine.on(publishTo(contents));

  const notifications = notifyOf(work, {
    texts, icon: join(paths.iconsDir, '512x512.png'), mayNotify: () => settings.current.notifications === 'on' && !window.isInFront,
    onClick: (id) => { showView(parts, publish, id); },
  });
  const whenDone = whenQueueIsDone({ work, memory, publish, notifications, texts, quit: quitting.quit });
  const updates = createUpdates({ feed: () => memory.preferences().updateFeed, texts, tell: (update) => { publish({ kind: 'update', update }); }, drain: quitting.drain });
  const host = createHostApi({
    version, samplePath: paths.samplePath, api: engine.api, recoveredTasks: engine.recoveredTasks, window: () => browserWindow, memory, texts, updates,
    onPreferences: (changes) => followPreferences(changes, whenDone), cancelWhenDone: whenDone.cancel, onPage: files.open,
  });
  registerIpc(createDispatch(rememberingRecent(engine.api), host), contents);

  const menus = installMenus({ api: engine.api, dataDir: paths.dataDir, files, window: browserWindow, showWindow: window.show, publish, updates, texts, quit: quitting.quit });
  settings.onChange(({ theme }) => {
    nativeTheme.themeSource = themeOf(theme);
    menus();
  });
  onWanted(window.show);
  files.deliverTo((opened) => {
    window.show();
    publish({ kind: 'openFiles', paths: opened });
  });
  return { notifications };
}

function showView({ window }: WindowParts, publish: (event: HostEvent) => void, id: number | null): void {
  window.show();
  publish({ kind: 'show', view: 'queue', id });
}

/** Rejects where the system refuses, so that nothing is kept that is not so. */
async function followPreferences(changes: Partial<Preferences>, whenDone: WhenDone): Promise<void> {
  if (changes.whenDone !== undefined) whenDone.cancel();
  if (changes.startAtLogin !== undefined) await setLoginItem(changes.startAtLogin);
}
