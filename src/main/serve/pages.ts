/** Pages of a sentence or two, for a browser that does not get the window. They need no script and no other file. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pagePolicy } from './headers.ts';
import { preferredLanguage, type PageLanguage } from './language.ts';
import { PAGE_TEXTS, PAGE_WORDS } from './page-texts.ts';
import type { Refusal } from './refusal.ts';

/** Says what happened and what to do, in the language of the browser. */
export function sendRefusalPage(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  const language = preferredLanguage(req.headers['accept-language']);
  const { title, what, cure } = PAGE_TEXTS[language][refusal.page];
  const canStart = refusal.page === 'notFound' || refusal.page === 'fileGone' || refusal.page === 'foreignPage';
  const lines = [`<h1>${escapeHtml(title)}</h1>`, `<p>${markCode(what)}</p>`, `<p>${markCode(cure)}</p>`, ...(canStart ? [`<p><a href="/">${PAGE_WORDS[language].start}</a></p>`] : [])];
  sendPage(req, res, { status: refusal.status, language, title, lines, head: '' });
}

/**
 * Leads on to the window. A page and not a redirect: a link that was clicked in another site's page (a terminal in the browser) starts a
 * cross-site navigation, to whose redirects browsers do not send a SameSite=Strict cookie; the step from this page is one of our own.
 */
export function sendOpeningPage(req: IncomingMessage, res: ServerResponse): void {
  const language = preferredLanguage(req.headers['accept-language']);
  const { opening, continue: go } = PAGE_WORDS[language];
  sendPage(req, res, { status: 200, language, title: 'Longhaul', lines: [`<p>${opening}</p>`, `<p><a href="/">${go}</a></p>`], head: '<meta http-equiv="refresh" content="0;url=/">' });
}

interface Page {
  readonly status: number;
  readonly language: PageLanguage;
  readonly title: string;
  readonly lines: readonly string[];
  readonly head: string;
}

const STYLE = ':root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:20vh auto 0;padding:0 1.5rem}h1{font-size:1.375rem;font-weight:600}code{font-family:ui-monospace,monospace}';

function sendPage(req: IncomingMessage, res: ServerResponse, { status, language, title, lines, head }: Page): void {
  const nonce = randomBytes(16).toString('base64');
  const html = [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${escapeHtml(title)}</title>${head}<style nonce="${nonce}">${STYLE}</style></head>`, '<body><main>', ...lines, '</main></body></html>', '',
  ].join('\n');
  res.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': Buffer.byteLength(html), 'Content-Language': language, 'Content-Security-Policy': pagePolicy(nonce), 'Vary': 'Accept-Language' });
  res.end(req.method === 'HEAD' ? undefined : html);
}

function markCode(text: string): string {
  return escapeHtml(text).replace(/`([^`]*)`/g, '<code>$1</code>');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.codePointAt(0))};`);
}
