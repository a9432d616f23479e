/** What no page may do here, whichever it is: Electron's security checklist where it is not an option of the window. */
import { app, session } from 'electron/main';
import { isOwnPage } from '../ipc/own-page.ts';

/** Call it before a window is made. */
export function lockDown(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => { answer(false); });
  session.defaultSession.setPermissionCheckHandler((_contents, permission) => GRANTED.has(permission));
  session.defaultSession.setDevicePermissionHandler(() => false);
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-attach-webview', (event) => { event.preventDefault(); });
    contents.on('will-navigate', (event, url) => { if (!isOwnPage(url)) event.preventDefault(); });
    contents.on('will-redirect', (event, url) => { if (!isOwnPage(url)) event.preventDefault(); });
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
}

/** What the page does by its user's own click: copying a command. */
const GRANTED: ReadonlySet<string> = new Set(['clipboard-sanitized-write']);
