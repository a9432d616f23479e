/** The window's own page, and nobody else's. */

/** The only page a window loads. */
export const PAGE = 'app://longhaul/index.html';

/** Whether an address is the window's own page, whatever is behind its #. */
export function isOwnPage(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === 'app:' && url.host === 'longhaul';
}
