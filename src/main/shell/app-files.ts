/** Answers app://longhaul/…: the page and its parts, from the app's own folder and nowhere else. */
import { readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isOwnPage } from '../ipc/own-page.ts';
import { pageType } from './content-types.ts';
import { CONTENT_SECURITY_POLICY } from './window-options.ts';

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-cache',
};

export async function answerAppFile(rendererDir: string, request: { readonly url: string; readonly method: string }): Promise<Response> {
  const path = isOwnPage(request.url) && request.method === 'GET' ? fileOf(rendererDir, new URL(request.url).pathname) : null;
  // The files lie in the app's archive, which only Node's own readFile looks into: they are small, the largest the script.
  const content = path === null ? null : await readFile(path).catch(() => null);
  if (path === null || content === null) return new Response(null, { status: 404, headers: HEADERS });
  return new Response(content, { headers: { ...HEADERS, 'content-type': pageType(path) } });
}

/** Null: outside of the folder, or no path at all. */
function fileOf(rendererDir: string, pathname: string): string | null {
  const name = decoded(pathname === '/' ? '/index.html' : pathname);
  if (name === null || name.includes('\0')) return null;
  const path = resolve(join(rendererDir, name));
  const inside = relative(resolve(rendererDir), path);
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || resolve(inside) === inside ? null : path;
}

function decoded(pathname: string): string | null {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return null;
  }
}
