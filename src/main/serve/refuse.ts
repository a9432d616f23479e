/** Says no: to people with a page, to programs with an envelope. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { sendRefusalPage } from './pages.ts';
import type { Refusal } from './refusal.ts';
import { sendJson } from './routes.ts';

/** A browser reads the answer when it has sent its file. So long the rest of a refused one is taken in and thrown away. */
const LINGER_MS = 10_000;

/** Answers a request that is not answered yet; one that is half answered is cut off, so that it is not taken for whole. */
export function refuseRequest(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const isForPeople = (req.method === 'GET' || req.method === 'HEAD') && (req.headers.accept ?? '').includes('text/html');
  if (isForPeople) sendRefusalPage(req, res, refusal);
  else sendJson(res, refusal.status, { ok: false, error: refusal.error.toShape() });
  if (req.complete) return;
  req.resume();
  const timer = setTimeout(() => { req.destroy(); }, LINGER_MS);
  req.once('close', () => { clearTimeout(timer); });
}

/** Answers a request for a WebSocket. Browsers show programs no more of it than that it failed. */
export function refuseUpgrade(socket: Duplex, { status, error }: Refusal): void {
  const text = JSON.stringify({ ok: false, error: error.toShape() });
  socket.on('error', () => { socket.destroy(); });
  socket.end([
    `HTTP/1.1 ${String(status)} Refused`, 'Connection: close', 'Content-Type: application/json; charset=utf-8', 'X-Content-Type-Options: nosniff',
    `Content-Length: ${String(Buffer.byteLength(text))}`, '', text,
  ].join('\r\n'));
}
