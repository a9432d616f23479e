/** Which recipes can do something with which files. */
import { OPTION_SCHEMAS } from '../../../shared/options.ts';
import type { Chain, Recipe } from '../../../shared/recipe.ts';
import type { FileKind } from '../../../shared/settings.ts';

/** Names of the recipes for a kind of file, the suggested one first where it is one of them, then as they are listed. */
export function fittingRecipes(recipes: readonly Recipe[], kind: FileKind, suggested: string): string[] {
  const names = recipes.filter((recipe) => canTake(kind, needs(recipe))).map(({ name }) => name);
  return [...names.filter((name) => name === suggested), ...names.filter((name) => name !== suggested)];
}

/** The same with chains behind the recipes: those whose steps can all do something with the file, as far as they are given it. */
export function fittingAll({ all, chains }: { readonly all: readonly Recipe[]; readonly chains: readonly Chain[] }, kind: FileKind, suggested: string): string[] {
  const byName = new Map(all.map((one) => [one.name, one]));
  const fits = ({ chain }: Chain): boolean => chain.filter(({ input }) => input === 'source').every(({ recipe, set }) => {
    const found = byName.get(recipe);
    return found !== undefined && canTake(kind, needs({ type: found.type, options: { ...found.options, ...set } }));
  });
  const names = [...fittingRecipes(all, kind, suggested), ...chains.filter(fits).map(({ name }) => name)];
  return [...names.filter((name) => name === suggested), ...names.filter((name) => name !== suggested)];
}

/** A film has a sound track as well. */
function canTake(kind: FileKind, needed: FileKind | null): boolean {
  return needed === kind || (needed === 'audio' && kind === 'video');
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
    case 'audio_picture':
      return 'audio';
    case 'media_edit':
      return editNeeds(options);
    case 'image_convert':
    case 'image_thumbnail':
      return 'image';
    case 'document_preview':
      return 'document';
    case 'model_preview':
      return 'mesh';
    case 'report':
    case 'maintenance':
      return null;
  }
}

/** Copying streams works on sound as on film; subtitles and pictures are part of films. */
function editNeeds(options: Recipe['options']): FileKind {
  const action = OPTION_SCHEMAS.media_edit.safeParse(options).data?.action;
  if (action === 'fromPictures') return 'image';
  return action === 'subtitles' || action === 'addSubtitles' || action === 'toPictures' ? 'video' : 'audio';
}

/** Whether a recipe does as well with a film without sound as with sound alone. */
export function takesEither({ type, options }: Pick<Recipe, 'type' | 'options'>): boolean {
  const action = type === 'media_edit' ? OPTION_SCHEMAS.media_edit.safeParse(options).data?.action : undefined;
  return action === 'remux' || action === 'trim' || action === 'join';
}
