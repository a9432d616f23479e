/** Who may ask: decisions on the headers alone, before anything else is looked at. */
import type { IncomingHttpHeaders } from 'node:http';
import { TaskError } from '../../shared/errors.ts';
import { Refusal } from './refusal.ts';

/**
 * A page of another site can make its own name point to this computer (DNS rebinding); the Host header then still has that name. Answered
 * is only to the loopback's own names, with our port. Gives the name that was used.
 */
export function checkHost(headers: IncomingHttpHeaders, port: number): string {
  const host = (headers.host ?? '').toLowerCase();
  const names = ['127.0.0.1', 'localhost', '[::1]'].flatMap((name) => [`${name}:${String(port)}`, ...(port === HTTP_PORT ? [name] : [])]);
  if (names.includes(host)) return host;
  throw new Refusal(403, 'wrongAddress', new TaskError('NOT_ALLOWED', `This server answers only to http://127.0.0.1:${String(port)} and http://localhost:${String(port)}. Open it there.`));
}

/** Browsers leave it away from addresses. */
const HTTP_PORT = 80;

/** What changes something, and the socket, must come from a page of this server. Programs name it too: `Origin: http://127.0.0.1:PORT`. */
export function checkOrigin(headers: IncomingHttpHeaders, host: string): void {
  if (headers.origin === `http://${host}`) return;
  throw new Refusal(403, 'foreignPage', new TaskError('NOT_ALLOWED', `The request does not come from a page of this server. Programs send the header "Origin: http://${host}".`));
}

/** What only reads: pages of other sites and of other programs on this computer can't use it as their picture, film or script. */
export function checkFetchSite(headers: IncomingHttpHeaders): void {
  const site = headers['sec-fetch-site'];
  // Older browsers and programs do not say it; they still need the cookie.
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  if (headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document') return;
  throw new Refusal(403, 'foreignPage', new TaskError('NOT_ALLOWED', 'The request comes from a page of another site.'));
}

/** Cookies are shared by all ports of a computer; the port in the name keeps two servers' sessions apart. */
export function cookieName(port: number): string {
  return `longhaul-${String(port)}`;
}

/** The session's secret; null: the browser has none. */
function sessionCookie(headers: IncomingHttpHeaders, port: number): string | null {
  const prefix = `${cookieName(port)}=`;
  const found = (headers.cookie ?? '').split(';').map((part) => part.trim()).find((part) => part.startsWith(prefix));
  return found?.slice(prefix.length) ?? null;
}

interface KnownSessions {
  has(secret: string): boolean;
}

/** Whether the browser came in by a link. */
export function hasSession(headers: IncomingHttpHeaders, port: number, sessions: KnownSessions): boolean {
  const secret = sessionCookie(headers, port);
  return secret !== null && sessions.has(secret);
}

/** Throws unless the browser came in by a link. */
export function checkSession(headers: IncomingHttpHeaders, port: number, sessions: KnownSessions): void {
  if (hasSession(headers, port, sessions)) return;
  const secret = sessionCookie(headers, port);
  const page = secret === null ? 'noSession' : 'staleSession';
  const what = secret === null ? 'This browser has not come in by a link.' : 'This browser’s session has ended.';
  throw new Refusal(401, page, new TaskError('NOT_ALLOWED', `${what} Run \`longhaul serve\` once more in a terminal on the server’s computer; it prints a new link.`));
}
