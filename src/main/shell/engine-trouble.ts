/** What its user sees when the queue can't be opened. */
import { shell } from 'electron/common';
import { dialog } from 'electron/main';
import { setTimeout as delay } from 'node:timers/promises';
import type { TaskError } from '../../shared/errors.ts';
import type { MainWindow } from './main-window.ts';
import type { Texts } from './texts.ts';

export interface TroubleOptions {
  readonly window: MainWindow;
  readonly texts: () => Texts;
  readonly dataDir: string;
  readonly quit: () => void;
}

/** Often enough that nobody waits, seldom enough that it costs nothing. */
const TRY_EVERY_MS = 2_000;

/** Settles when another try is worth it: by itself while another program has the queue, else when the user says so. */
export function askAboutTrouble({ window, texts, dataDir, quit }: TroubleOptions): { after(error: TaskError): Promise<void>; over(): void } {
  /** The box that waits with its user. */
  let waiting: AbortController | null = null;

  function waitWithUser(error: TaskError): void {
    if (waiting !== null) return;
    waiting = new AbortController();
    const { signal } = waiting;
    const { ownedTitle, ownedDetail, quit: quitLabel } = texts();
    void dialog
      .showMessageBox(window.browserWindow, { type: 'info', title: 'Longhaul', message: ownedTitle, detail: `${ownedDetail}\n\n${error.message}`, buttons: [quitLabel], cancelId: 1, noLink: true, signal })
      .then(({ response }) => { if (!signal.aborted && response === 0) quit(); });
  }

  async function askUser(error: TaskError): Promise<void> {
    const { damagedTitle, damagedDetail, failedDetail, tryAgain, openDataFolder, quit: quitLabel } = texts();
    const advice = error.code === 'STORE_DAMAGED' ? damagedDetail : failedDetail;
    const { response } = await dialog.showMessageBox(window.browserWindow, {
      type: 'error', title: 'Longhaul', message: damagedTitle, detail: `${advice}\n\n${error.message}`, buttons: [tryAgain, openDataFolder, quitLabel], defaultId: 0, cancelId: 2, noLink: true,
    });
    if (response === 1) {
      await shell.openPath(dataDir);
      return askUser(error);
    }
    if (response === 0) return;
    quit();
    // The app ends while this waits.
    await new Promise(() => undefined);
  }

  return {
    async after(error) {
      console.warn(`The queue can't be opened: ${error.message}`, error.details ?? '');
      if (!window.browserWindow.isVisible()) window.show();
      if (error.code !== 'STORE_OWNED') return askUser(error);
      waitWithUser(error);
      await delay(TRY_EVERY_MS);
    },
    over() {
      waiting?.abort();
      waiting = null;
    },
  };
}
