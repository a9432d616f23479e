/** Finds settings by what is written about them. */

/** Those whose text has every word of the query, in the order given. All for an empty query. */
export function searchSettings<T>(entries: readonly T[], query: string, textOf: (entry: T) => string): T[] {
  const words = plain(query).split(/\s+/).filter((word) => word !== '');
  return entries.filter((entry) => {
    const text = plain(textOf(entry));
    return words.every((word) => text.includes(word));
  });
}

/** Without case, accents, and the difference of full and half width. */
function plain(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
