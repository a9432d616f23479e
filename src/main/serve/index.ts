/** The window in a browser: the contract over HTTP and WebSocket, the renderer's files, uploads and results. For this computer only. */
import { WindowServer, type ServeOptions } from './window-server.ts';

export { askForLink } from './note.ts';
export type { ServeOptions } from './window-server.ts';

export interface Served {
  readonly port: number;
  /** A new link that opens the window once, within an hour. */
  link(): string;
  /** Takes no new request, answers those in work, and is gone. Safe to call twice. */
  close(): Promise<void>;
}

/** Starts to serve. Rejects with NOT_ALLOWED when no port can be had. */
export async function startServe(options: ServeOptions): Promise<Served> {
  return WindowServer.start(options);
}
