/** One app at a time; what a second start was given goes to the first. */
import { app } from 'electron/main';
import { resolve } from 'node:path';
import { filesIn } from './open-argv.ts';
import type { OpenedFiles } from './opened-files.ts';

/** False: another one is running and has been told; this process is ending. Must be called before the app is ready. */
export function becomeOnly(files: OpenedFiles): boolean {
  // No additional data: it killed the first one in some versions (electron#52020). The paths are in the arguments anyway.
  if (!app.requestSingleInstanceLock()) {
    app.exit(0);
    return false;
  }
  const appDir = app.isPackaged ? null : resolve(app.getAppPath());
  app.on('second-instance', (_, argv, workingDir) => {
    files.add(filesIn({ argv, workingDir, appDir }));
  });
  // macOS: open with, a drop on the icon, a recent document.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    files.add([path]);
  });
  // Links lead nowhere here, whoever sends them.
  app.on('open-url', (event) => { event.preventDefault(); });
  files.add(filesIn({ argv: process.argv, workingDir: process.cwd(), appDir }));
  return true;
}

/** Every sign that somebody wants to see the app: a second start, files, a click on its icon. Call it when the app is ready. */
export function onWanted(show: () => void): void {
  app.on('second-instance', show);
  app.on('open-file', show);
  app.on('activate', show);
}
