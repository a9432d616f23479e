/** Shows the work where the system has a place for it, and keeps the machine awake for it. */
import type { EngineKeeper } from './engine-keeper.ts';
import { batchProgress } from './batch.ts';
import { keepAwake } from './keep-awake.ts';
import type { MainWindow } from './main-window.ts';
import type { Memory } from './memory.ts';
import { setHold } from './menus.ts';
import type { Notifications } from './notifications.ts';
import type { Paths } from './paths.ts';
import type { Quitting } from './quitting.ts';
import type { SettingsWatch } from './settings-watch.ts';
import type { Texts } from './texts.ts';
import { createTray } from './tray.ts';
import type { WorkWatch } from './work-watch.ts';

export interface WorkParts {
  readonly paths: Paths;
  readonly memory: Memory;
  readonly engine: EngineKeeper;
  readonly settings: SettingsWatch;
  readonly texts: () => Texts;
  readonly window: MainWindow;
  readonly work: WorkWatch;
  readonly quitting: Quitting;
  readonly notifications: Notifications;
}

export function showWork({ paths, memory, engine, settings, texts, window, work, quitting, notifications }: WorkParts): void {
  const tray = createTray(paths.iconsDir, {
    show: window.show, quit: quitting.quit, pauseAll: () => { setHold(engine.api, 'now'); }, resumeAll: () => { setHold(engine.api, 'none'); },
  });
  const awake = keepAwake();
  tray?.update(null, texts());
  settings.onChange(() => tray?.update(work.overview, texts()));
  work.onChange((overview) => {
    tray?.update(overview, texts());
    awake(overview.running > 0);
    showProgress(window, batchProgress(overview.batch, overview.waiting));
  });
  window.onHidden(() => {
    if (memory.wasToldOfTray()) return;
    memory.setToldOfTray();
    notifications.say(texts().staysTitle, process.platform === 'darwin' ? texts().staysBodyMac : texts().staysBody);
  });
}

/** In the dock and the taskbar; Linux has lost its place for it with Electron 44. */
function showProgress({ browserWindow }: MainWindow, progress: number | null): void {
  if (process.platform !== 'linux' && !browserWindow.isDestroyed()) browserWindow.setProgressBar(progress ?? -1);
}
