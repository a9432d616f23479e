/** What every answer says to the browser about itself. */
import type { ServerResponse } from 'node:http';

/** For every answer: nothing is guessed, framed, referred or used by other sites. */
export function setCommonHeaders(res: ServerResponse): void {
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('X-Frame-Options', 'DENY');
  res.setHeader('Referrer-Policy', 'no-referrer');
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  res.setHeader('Permissions-Policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()');
  res.setHeader('Content-Security-Policy', NOTHING);
  res.setHeader('Cache-Control', 'no-store');
}

/** Answers that are no document load nothing. */
const NOTHING = policy({ 'default-src': "'none'", 'frame-ancestors': "'none'", 'base-uri': "'none'", 'form-action': "'none'" });

/** The window: its own files only. Mantine writes style elements. The socket is named since older browsers do not count it to 'self'. */
export function windowPolicy(host: string): string {
  return policy({
    'default-src': "'none'", 'script-src': "'self'", 'style-src': "'self' 'unsafe-inline'", 'img-src': "'self' data: blob:", 'media-src': "'self' blob:", 'font-src': "'self' data:",
    'connect-src': `'self' ws://${host}`, 'manifest-src': "'self'", 'worker-src': "'self'", 'frame-ancestors': "'none'", 'base-uri': "'none'", 'form-action': "'none'",
  });
}

/** A page of one sentence with its own style. */
export function pagePolicy(nonce: string): string {
  return policy({ 'default-src': "'none'", 'style-src': `'nonce-${nonce}'`, 'frame-ancestors': "'none'", 'base-uri': "'none'", 'form-action': "'none'" });
}

/** Files that others made: shown and played, but a page or a picture with a script in it gets no origin and runs nothing. */
export const FILE_POLICY = policy({
  'sandbox': '', 'default-src': "'none'", 'img-src': "'self'", 'media-src': "'self'", 'style-src': "'unsafe-inline'", 'frame-ancestors': "'none'", 'base-uri': "'none'", 'form-action': "'none'",
});

function policy(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives).map(([name, value]) => `${name} ${value}`.trim()).join('; ');
}
