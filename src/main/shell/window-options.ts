/** What a window of ours is allowed: the points of Electron's security checklist that are options, in one place. */
import type { WebPreferences } from 'electron';

/** Said one by one though most are defaults: a test asserts each, and no later default can weaken them. */
export function securePreferences(preload: string): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    safeDialogs: true,
    spellcheck: false,
  };
}

/** Header of every answer of app://. Its own files, and media:// to look at and listen to. Mantine writes style elements. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data: blob: media:", "media-src 'self' blob: media:", "font-src 'self' data:",
  "connect-src 'self' media:", "worker-src 'self'", "frame-src 'none'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'", "form-action 'none'",
].join('; ');
