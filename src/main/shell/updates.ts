/** Updates from the feed that the user named (electron-updater). Nothing is ever installed while tasks run. */
import { app } from 'electron/main';
import electronUpdater, { type AppUpdater } from 'electron-updater';
import type { UpdateStatus } from '../../shared/host-contract.ts';
import { TaskError } from '../../shared/errors.ts';
import { fill, type Texts } from './texts.ts';

export interface UpdateOptions {
  /** Https address of a folder with electron-builder's latest*.yml; empty: none. */
  readonly feed: () => string;
  readonly texts: () => Texts;
  readonly tell: (status: UpdateStatus) => void;
  /** Interrupts the work safely and lets windows close. */
  readonly drain: () => Promise<void>;
}

export interface Updates {
  /** Whether this installation can update itself: not a checkout, not a package of a Linux distribution. */
  readonly isPossible: boolean;
  check(): Promise<UpdateStatus>;
  /** Rejects when nothing is ready. */
  install(): Promise<void>;
}

/** A day: nobody waits for one. */
const CHECK_EVERY_MS = 24 * 60 * 60 * 1000;

export function createUpdates({ feed, texts, tell, drain }: UpdateOptions): Updates {
  const isPossible = app.isPackaged && (process.platform !== 'linux' || process.env['APPIMAGE'] !== undefined);
  let status = statusOf('off', isPossible ? texts().updateOff : texts().updateFromPackage);
  let updater: AppUpdater | null = null;
  const become = (next: UpdateStatus): UpdateStatus => {
    status = next;
    tell(status);
    return status;
  };

  /** Loaded with the first look, so that no start pays for it. */
  function load(): AppUpdater {
    if (updater !== null) return updater;
    updater = electronUpdater.autoUpdater;
    updater.logger = console;
    updater.autoDownload = true;
    // On Linux that can hang, or take the AppImage away and put none in its place (electron-builder#8997).
    updater.autoInstallOnAppQuit = process.platform !== 'linux';
    updater.on('checking-for-update', () => become({ ...status, state: 'checking' }));
    updater.on('update-not-available', () => become(statusOf('none', texts().updateNone)));
    updater.on('download-progress', ({ percent }) => become({ ...status, state: 'downloading', progress: percent }));
    updater.on('update-available', ({ version }) => become({ ...statusOf('downloading', ''), version }));
    updater.on('update-downloaded', ({ version }) => become({ ...statusOf('ready', fill(texts().updateReady, { version })), version, progress: 100 }));
    updater.on('error', (error) => {
      console.warn('Looking for updates failed:', error);
      become(statusOf('failed', texts().updateFailed));
    });
    return updater;
  }

  async function check(): Promise<UpdateStatus> {
    if (!isPossible) return become(statusOf('off', texts().updateFromPackage));
    if (feed() === '') return become(statusOf('off', texts().updateOff));
    // A second look while one is under way would start a second download.
    if (status.state === 'checking' || status.state === 'downloading' || status.state === 'ready') return status;
    const source = load();
    source.setFeedURL({ provider: 'generic', url: feed() });
    // What fails comes as an event, and is told there.
    await source.checkForUpdates().catch(() => null);
    return status;
  }

  async function install(): Promise<void> {
    if (updater === null || status.state !== 'ready') throw new TaskError('NOT_ALLOWED', 'No update is ready to be installed. Look for updates first.');
    await drain();
    updater.quitAndInstall(false, true);
  }

  const timer = setInterval(() => { if (feed() !== '') void check(); }, CHECK_EVERY_MS);
  timer.unref();
  if (isPossible && feed() !== '') void check();
  return { isPossible, check, install };
}

function statusOf(state: UpdateStatus['state'], message: string): UpdateStatus {
  return { state, version: null, progress: 0, message };
}
