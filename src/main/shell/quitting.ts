/** Ends the app in order: work is interrupted safely and saved, then everything closes. What is never run here is lost by nobody: the commit is the truth. */
import { app, autoUpdater, powerMonitor, type BrowserWindow } from 'electron/main';
import { setTimeout as delay } from 'node:timers/promises';

export interface Quitting {
  /** From the first wish to quit: nothing hides in the tray any more. */
  readonly isQuitting: boolean;
  quit(): void;
  /** Closes the engine, once. */
  drain(): Promise<void>;
}

/** Workers get seconds to end their tools; a system that shuts down gives little more before it kills. */
const DRAIN_MS = 15_000;

export function quitInOrder(close: () => Promise<void>): Quitting {
  let isQuitting = false;
  let isDrained = false;
  let draining: Promise<void> | null = null;

  const drain = (): Promise<void> => {
    isQuitting = true;
    draining ??= Promise.race([close(), delay(DRAIN_MS, undefined, { ref: false })])
      .catch((error: unknown) => { console.error('Closing failed:', error); })
      .then(() => { isDrained = true; });
    return draining;
  };

  app.on('before-quit', (event) => {
    isQuitting = true;
    if (isDrained) return;
    event.preventDefault();
    const isFirst = draining === null;
    const drained = drain();
    // A second wish to quit waits for the first.
    if (isFirst) void drained.then(() => { app.quit(); });
  });
  // The window is closed for good only by a user who wants no tray, or while quitting.
  app.on('window-all-closed', () => { app.quit(); });
  // Windows are closed before before-quit then.
  autoUpdater.on('before-quit-for-update', () => { isQuitting = true; });
  powerMonitor.on('shutdown', (event?: unknown) => {
    if (isPreventable(event)) event.preventDefault();
    app.quit();
  });
  return { get isQuitting() { return isQuitting; }, quit: () => { app.quit(); }, drain };
}

/** Windows says so to a window; what is asked after that is not answered any more, so the work is interrupted right away. */
export function endWithSession(window: BrowserWindow, quitting: Quitting): void {
  window.on('session-end', () => void quitting.drain());
}

/** Electron gives the event, its types do not. */
function isPreventable(event: unknown): event is { preventDefault: () => void } {
  return typeof event === 'object' && event !== null && 'preventDefault' in event && typeof event.preventDefault === 'function';
}
