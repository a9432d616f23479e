/** Where everything lies, found once and before anything is read. */
import { app } from 'electron/main';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { chosenDataDir } from '../host/data-dir.ts';

export interface Paths {
  /** The queue: the engine's folder, the same that the command line uses. */
  readonly dataDir: string;
  /** Folder of the built entry points. */
  readonly codeDir: string;
  readonly preload: string;
  /** Folder of the page and its parts. */
  readonly rendererDir: string;
  /** recipes/, models/, bin/: real files, for tools that can't look into the app's archive. */
  readonly resourcesDir: string;
  readonly samplePath: string;
  readonly iconsDir: string;
}

/** Also sets the folder of the window's own data, unless the command line did. */
export function findPaths(): Paths {
  const codeDir = import.meta.dirname;
  if (!app.commandLine.hasSwitch('user-data-dir')) app.setPath('userData', join(app.getPath('appData'), 'Longhaul', 'Window'));
  const resourcesDir = dirname(findResource('recipes', codeDir));
  return {
    dataDir: chosenDataDir({ env: process.env, platform: process.platform, homeDir: homedir() }, process.cwd()),
    codeDir,
    preload: join(codeDir, '..', 'preload', 'index.cjs'),
    rendererDir: join(codeDir, '..', 'renderer'),
    resourcesDir,
    samplePath: join(resourcesDir, 'samples', 'longhaul-sample.mp4'),
    iconsDir: findResource('icons', codeDir),
  };
}

/** Beside a package's archive; else the nearest `resources/<name>` above the built files, as in a checkout. */
function findResource(name: string, from: string): string {
  const packed = join(process.resourcesPath, name);
  if (app.isPackaged && existsSync(packed)) return packed;
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const found = join(folder, 'resources', name);
    if (existsSync(found)) return found;
  }
  throw new Error(`No folder resources/${name} lies above ${from}: the installation is not complete. Install Longhaul again.`);
}
