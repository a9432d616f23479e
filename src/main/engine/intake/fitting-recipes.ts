/** Which recipes can do something with which files. */
import { OPTION_SCHEMAS } from '../../../shared/options.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { FileKind } from '../../../shared/settings.ts';

/** Names of the recipes for a kind of file, the suggested one first where it is one of them, then as they are listed. */
export function fittingRecipes(recipes: readonly Recipe[], kind: FileKind, suggested: string): string[] {
  const names = recipes.filter((recipe) => needs(recipe) === 'audio' || (needs(recipe) === 'video' && kind === 'video')).map(({ name }) => name);
  return [...names.filter((name) => name === suggested), ...names.filter((name) => name !== suggested)];
}

/** What a file must have for a recipe's type and options to give anything; null: it is not made from files. */
export function needs({ type, options }: Pick<Recipe, 'type' | 'options'>): FileKind | null {
  switch (type) {
    case 'transcribe':
      return 'audio';
    case 'video_convert':
      return OPTION_SCHEMAS.video_convert.safeParse(options).data?.videoCodec === 'none' ? 'audio' : 'video';
    case 'video_preview':
    case 'video_thumbnail':
      return 'video';
    case 'report':
    case 'maintenance':
      return null;
  }
}
