/** Names of recipes for people. The recipes themselves say what they are called in each language; what they say becomes texts of the window. */
import i18next from 'i18next';
import type { Chain, Recipe } from '../../shared/recipe.ts';

/** Makes the window say what these recipes are called, in place of those before. */
export function learnRecipeTexts(recipes: readonly (Recipe | Chain)[]): void {
  for (const [language, own] of [['en', 'en'], ['zh-CN', 'zh']] as const) {
    const texts = Object.fromEntries(recipes.map(({ name, title, description }) => [name, { title: title[own], description: description[own] }]));
    if (i18next.hasResourceBundle(language, 'recipes')) i18next.removeResourceBundle(language, 'recipes');
    i18next.addResourceBundle(language, 'recipes', texts);
  }
}

/** What a recipe is called; its own name where it is not there any more. */
export function recipeName(name: string): string {
  const key = `recipes:${name}.title`;
  return i18next.exists(key) ? i18next.t(key) : name;
}

/** One sentence that helps to choose; empty where the recipe is not there any more. */
export function describeRecipe(name: string): string {
  const key = `recipes:${name}.description`;
  return i18next.exists(key) ? i18next.t(key) : '';
}
