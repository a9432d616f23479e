/** Sends files by the `send` package: ranges, conditional requests, types. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, dirname } from 'node:path';
import send from 'send';

export interface SendOptions {
  /** Path below `root`, encoded as in an address. */
  readonly path: string;
  readonly root: string;
  readonly dotfiles: 'allow' | 'ignore';
  readonly headers: Readonly<Record<string, string>>;
}

/** sent: the answer is complete, or the browser went away. absent: no such file; nothing was answered yet. failed: nothing was answered yet. */
export type SendEnd = { readonly end: 'sent' } | { readonly end: 'absent' } | { readonly end: 'failed'; readonly error: Error };

/** The statuses that send reports for paths that name no file to be had: not there, bad encoding, out of the root. */
const ABSENT_STATUSES: readonly unknown[] = [400, 403, 404];

/** Never rejects. 416 and 412 are answered here. */
export async function sendFile(req: IncomingMessage, res: ServerResponse, { path, root, dotfiles, headers }: SendOptions): Promise<SendEnd> {
  return new Promise((resolve) => {
    const stream = send(req, path, { root, dotfiles, index: false, cacheControl: false });
    stream.on('headers', () => { for (const [name, value] of Object.entries(headers)) res.setHeader(name, value); });
    stream.on('directory', () => { resolve({ end: 'absent' }); });
    stream.on('error', (error: Error) => {
      const status: unknown = Reflect.get(error, 'status');
      if (res.headersSent) {
        // The file broke off in the middle: the browser must see that, not a short file.
        res.destroy(error);
        resolve({ end: 'sent' });
      } else if (status === 416 || status === 412) {
        res.writeHead(status).end();
        resolve({ end: 'sent' });
      } else resolve(ABSENT_STATUSES.includes(status) ? { end: 'absent' } : { end: 'failed', error });
    });
    res.once('close', () => { resolve({ end: 'sent' }); });
    stream.pipe(res);
  });
}

/** Root and path for one file whose absolute path is known. */
export function placeOf(absolutePath: string): { root: string; path: string } {
  return { root: dirname(absolutePath), path: encodeURIComponent(basename(absolutePath)) };
}
