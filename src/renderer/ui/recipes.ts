/** Names of recipes for people. Those that come along are translated; a user's own speak for themselves. */
import i18next from 'i18next';
import type { Recipe } from '../../shared/recipe.ts';

export function recipeName(name: string): string {
  const key = `recipes:${name}.name`;
  return i18next.exists(key) ? i18next.t(key) : name;
}

export function describeRecipe(name: string, recipes: readonly Recipe[]): string {
  const key = `recipes:${name}.description`;
  return i18next.exists(key) ? i18next.t(key) : (recipes.find((recipe) => recipe.name === name)?.description ?? '');
}
