/** The one window. It is made at the start and lives until the app quits; closing it hides it. */
import { BrowserWindow, dialog, nativeTheme, screen } from 'electron/main';
import { join } from 'node:path';
import { PAGE } from '../ipc/own-page.ts';
import { decideOnClose } from './close-policy.ts';
import { CrashCounter } from './crash-counter.ts';
import { declareStarted } from './faults.ts';
import type { Memory } from './memory.ts';
import type { Paths } from './paths.ts';
import { endWithSession, type Quitting } from './quitting.ts';
import type { Texts } from './texts.ts';
import { securePreferences } from './window-options.ts';
import { placeWindow, SMALLEST } from './window-state.ts';

export interface WindowOptions {
  readonly paths: Pick<Paths, 'preload' | 'iconsDir'>;
  readonly memory: Memory;
  readonly texts: () => Texts;
  /** Made, but not shown: the system started the app. */
  readonly startsHidden: boolean;
  readonly quitting: Quitting;
  readonly hasTray: () => boolean;
}

export interface MainWindow {
  readonly browserWindow: BrowserWindow;
  /** Brings it to the front, wherever it is. */
  show(): void;
  /** Whether its user looks at it. */
  readonly isInFront: boolean;
  /** Closing it hid it, and the work goes on. */
  onHidden(listener: () => void): void;
  /** Where no tray can bring it up, a hidden one goes where its user finds it. */
  beFindable(): void;
}

/** What is behind the page while it loads: Mantine's own colours for its body. */
const BACKGROUND = { dark: '#242424', light: '#ffffff' } as const;

export function openWindow(options: WindowOptions): MainWindow {
  const { memory, paths, quitting } = options;
  nativeTheme.themeSource = memory.appearance().theme;
  const displays = [screen.getPrimaryDisplay(), ...screen.getAllDisplays()].map(({ workArea }) => workArea);
  const { bounds, isMaximised } = placeWindow(memory.windowState(), displays);
  const window = new BrowserWindow({
    ...bounds, minWidth: SMALLEST.width, minHeight: SMALLEST.height, show: false, title: 'Longhaul', backgroundColor: backgroundColor(), icon: join(paths.iconsDir, '512x512.png'),
    webPreferences: securePreferences(paths.preload),
  });
  const show = (): void => {
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };
  window.once('ready-to-show', () => {
    if (isMaximised) window.maximize();
    if (!options.startsHidden) window.show();
  });
  nativeTheme.on('updated', () => { window.setBackgroundColor(backgroundColor()); });
  window.webContents.on('did-finish-load', declareStarted);
  const hiddenListeners: (() => void)[] = [];
  keepPlace(window, memory);
  handleClose(window, options, () => { for (const listener of hiddenListeners) listener(); });
  handleCrash(window, options);
  endWithSession(window, quitting);
  void window.loadURL(PAGE).catch((error: unknown) => { console.error('The page could not be loaded:', error); });
  return {
    browserWindow: window,
    show,
    get isInFront() { return window.isVisible() && !window.isMinimized() && window.isFocused(); },
    onHidden: (listener) => { hiddenListeners.push(listener); },
    beFindable: () => { if (!window.isDestroyed() && !window.isVisible()) window.minimize(); },
  };
}

function backgroundColor(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light;
}

/** Moving and resizing come in hundreds; where it ended up is what counts, also when the app is killed later. */
const KEEP_AFTER_MS = 500;

function keepPlace(window: BrowserWindow, memory: Memory): void {
  let timer: NodeJS.Timeout | undefined;
  const keep = (): void => {
    clearTimeout(timer);
    // A minimised window tells where it is not.
    if (window.isDestroyed() || window.isMinimized()) return;
    memory.setWindowState({ bounds: window.getNormalBounds(), isMaximised: window.isMaximized() });
  };
  const keepSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(keep, KEEP_AFTER_MS);
  };
  window.on('resize', keepSoon);
  window.on('move', keepSoon);
  window.on('maximize', keepSoon);
  window.on('unmaximize', keepSoon);
  window.on('close', keep);
}

function handleClose(window: BrowserWindow, { memory, hasTray, quitting }: WindowOptions, onHidden: () => void): void {
  window.on('close', (event) => {
    const decision = decideOnClose({ isQuitting: quitting.isQuitting, closeToTray: memory.preferences().closeToTray, hasTray: hasTray() });
    if (decision === 'close') return;
    event.preventDefault();
    if (decision === 'minimise') return window.minimize();
    window.hide();
    onHidden();
  });
}

/** The work is not in the page: a page that fails is loaded anew, and shows the state again. */
function handleCrash(window: BrowserWindow, { texts }: WindowOptions): void {
  const crashes = new CrashCounter();
  const reload = (): void => { if (!window.isDestroyed()) window.webContents.reload(); };
  window.webContents.on('render-process-gone', (_, { reason, exitCode }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    console.error(`The window's page ended (${reason}, exit code ${String(exitCode)}).`);
    if (crashes.add(Date.now()) === 'again') setImmediate(reload);
    else void ask(texts()).then(reload);
  });
  window.webContents.on('unresponsive', () => { console.warn('The window\'s page does not answer.'); });
  window.webContents.on('preload-error', (_, path, error) => { console.error(`${path} failed:`, error); });
}

/** Without a window of ours behind it: that one shows nothing. */
async function ask(texts: Texts): Promise<void> {
  await dialog.showMessageBox({ type: 'error', title: 'Longhaul', message: texts.crashedTitle, detail: texts.crashedDetail, buttons: [texts.openAnew], noLink: true });
}
