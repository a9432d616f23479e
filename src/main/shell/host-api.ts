/** What the desktop can do for its window beside the engine's methods. */
import { shell } from 'electron/common';
import { dialog, type BrowserWindow } from 'electron/main';
import type { EngineApi } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import type { HostApi, HostInfo, Preferences } from '../../shared/host-contract.ts';
import { findTaskFile } from '../host/task-file.ts';
import { isSafeToOpen } from './content-types.ts';
import type { Memory } from './memory.ts';
import type { Texts } from './texts.ts';
import type { Updates } from './updates.ts';

export interface HostOptions {
  readonly version: string;
  readonly samplePath: string;
  readonly api: EngineApi;
  readonly recoveredTasks: () => Promise<number>;
  readonly window: () => BrowserWindow;
  readonly memory: Memory;
  readonly texts: () => Texts;
  readonly updates: Updates;
  /** Takes effect of what changed; rejects where the system refuses. */
  readonly onPreferences: (changes: Partial<Preferences>) => Promise<void>;
  readonly cancelWhenDone: () => void;
  /** A page has asked who is there: it listens to events by now. */
  readonly onPage: () => void;
}

export function createHostApi(options: HostOptions): HostApi {
  const { version, samplePath, api, memory, updates } = options;
  return {
    getHost: async () => {
      options.onPage();
      return { kind: 'desktop', version, platform: platformOf(process.platform), samplePath, recoveredTasks: await options.recoveredTasks(), can: { useFiles: true, keepPreferences: true, update: updates.isPossible } };
    },
    chooseFiles: async ({ kind }) => ({ paths: await chooseFiles(options.window(), kind, options.texts()) }),
    revealFile: async (file) => {
      shell.showItemInFolder(await findTaskFile(api, file));
      return {};
    },
    openFile: async (file) => {
      await openFile(await findTaskFile(api, file));
      return {};
    },
    getPreferences: () => Promise.resolve(memory.preferences()),
    setPreferences: async (changes) => {
      const known: Partial<Preferences> = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      // What the system refuses is not kept either.
      await options.onPreferences(known);
      return memory.setPreferences(known);
    },
    cancelWhenDone: () => {
      options.cancelWhenDone();
      return Promise.resolve({});
    },
    checkForUpdate: () => updates.check(),
    installUpdate: async () => {
      await updates.install();
      return {};
    },
  };
}

/** Asks for files or folders; empty when nothing was chosen. */
export async function chooseFiles(window: BrowserWindow, kind: 'files' | 'folder', texts: Texts): Promise<string[]> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: kind === 'files' ? texts.addFiles : texts.addFolder,
    properties: [kind === 'files' ? 'openFile' : 'openDirectory', 'multiSelections'],
  });
  return canceled ? [] : filePaths;
}

/** Only what the system's program would show or play: a task's input may be any file, and a program would be started. */
async function openFile(path: string): Promise<void> {
  if (!isSafeToOpen(path)) {
    shell.showItemInFolder(path);
    return;
  }
  const refusal = await shell.openPath(path);
  if (refusal !== '') throw new TaskError('TOOL_FAILED', `The system can't open ${path}. Choose a program for this kind of file in the system's settings, or show it in its folder.`, { details: refusal });
}

function platformOf(platform: NodeJS.Platform): HostInfo['platform'] {
  return platform === 'win32' || platform === 'darwin' || platform === 'linux' ? platform : 'other';
}
