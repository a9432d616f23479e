/** The desktop app, top to bottom. */
import './shell/faults.ts';
import { app } from 'electron/main';
import { watchBattery } from './shell/battery.ts';
import { connectWindow } from './shell/connect-window.ts';
import { keepEngine, type OpenEngine } from './shell/engine-keeper.ts';
import { askAboutTrouble } from './shell/engine-trouble.ts';
import { becomeOnly } from './shell/instance.ts';
import { lockDown } from './shell/lock-down.ts';
import { isHiddenStart } from './shell/login-item.ts';
import { openWindow } from './shell/main-window.ts';
import { openMemory } from './shell/memory.ts';
import { engineOpener } from './shell/open-engine.ts';
import { collectOpenedFiles } from './shell/opened-files.ts';
import { findPaths } from './shell/paths.ts';
import { prepareApp } from './shell/prepare.ts';
import { declareSchemes, serveSchemes } from './shell/protocols.ts';
import { quitInOrder } from './shell/quitting.ts';
import { watchSettings } from './shell/settings-watch.ts';
import { showWork } from './shell/show-work.ts';
import { systemTexts } from './shell/system-texts.ts';
import { watchForeground } from './shell/foreground.ts';
import { watchHeat } from './shell/heat.ts';
import { watchTrayHost } from './shell/tray-host-watch.ts';
import { watchWork } from './shell/work-watch.ts';

declare const LONGHAUL_VERSION: string;

// Before the app is ready.
const files = collectOpenedFiles();
const paths = findPaths();
const memory = openMemory();
prepareApp(memory, LONGHAUL_VERSION);
declareSchemes();
if (becomeOnly(files)) {
  const open = engineOpener(paths, LONGHAUL_VERSION);
  void app.whenReady().then(() => { start(open); });
}

/** The window first; the engine opens beside it, and whatever asks it something waits. */
function start(open: () => Promise<OpenEngine>): void {
  lockDown();
  const engine = keepEngine({ open, afterTrouble: (error) => trouble.after(error) });
  serveSchemes(paths.rendererDir, engine.api);
  const settings = watchSettings(engine, memory);
  const texts = systemTexts(settings);
  const quitting = quitInOrder(() => engine.close());
  const trayHost = watchTrayHost(() => { window.beFindable(); });
  const window = openWindow({ paths, memory, texts, startsHidden: isHiddenStart(), quitting, hasTray: () => trayHost.isThere });
  const trouble = askAboutTrouble({ window, texts, dataDir: paths.dataDir, quit: quitting.quit });
  const work = watchWork(engine);
  const { notifications } = connectWindow({ version: LONGHAUL_VERSION, paths, memory, files, engine, settings, texts, window, work, quitting });
  showWork({ paths, memory, engine, settings, texts, window, work, quitting, notifications });
  trayHost.follow(window.browserWindow);
  work.onChange(trouble.over);
  watchBattery((isOnBattery) => { engine.setHold('battery', isOnBattery); });
  watchHeat((isHot) => { engine.setHold('heat', isHot); });
  watchForeground(settings, (isUsed) => { engine.setHold('foreground', isUsed); });
}
