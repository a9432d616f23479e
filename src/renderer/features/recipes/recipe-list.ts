/** What the page of recipes lists: plain values in, plain values out. */
import type { ListedChain, ListedRecipe } from '../../../shared/recipe-contract.ts';
import type { Purpose } from '../../../shared/recipe.ts';

export type Listed = ListedRecipe | ListedChain;

/** As in shared/recipe.ts, which needs zod. */
export const PURPOSE_ORDER = ['web', 'phone', 'social', 'editing', 'archive', 'podcast', 'subtitles', 'text', 'preview', 'print', 'email', 'other'] as const satisfies readonly Purpose[];

export interface PurposeGroup {
  readonly purpose: Purpose;
  readonly recipes: readonly Listed[];
}

export function isChain(one: Listed): one is ListedChain {
  return 'chain' in one;
}

/** By purpose, those that have every word of the search in their names or texts. */
export function groupRecipes(all: readonly Listed[], search: string): PurposeGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const found = all.filter((one) => {
    const text = [one.name, one.title.en, one.title.zh, one.description.en, one.description.zh].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return PURPOSE_ORDER.map((purpose) => ({ purpose, recipes: found.filter((one) => one.purpose === purpose) })).filter(({ recipes }) => recipes.length > 0);
}

/** A name for a copy that nothing is called by. */
export function freeName(from: string, all: readonly Listed[]): string {
  const taken = new Set(all.map(({ name }) => name));
  const base = `my-${from}`.slice(0, 56);
  if (!taken.has(base)) return base;
  for (let count = 2; ; count += 1) if (!taken.has(`${base}-${count}`)) return `${base}-${count}`;
}
