/** The contract's methods on recipes. A `settings` event tells every window that they changed. */
import { homedir } from 'node:os';
import type * as z from 'zod';
import { METHODS, type EngineApi, type MethodOutput } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { optionsOf } from '../../../shared/option-choices.ts';
import { queueName } from '../../../shared/task.ts';
import { needs } from '../intake/fitting-recipes.ts';
import { readPath } from '../intake/pasted-path.ts';
import { fitOptions } from '../recipes.ts';
import { isChain, readRecipe, writeRecipe, type AnyRecipe } from '../recipes/recipe-file.ts';
import type { VerbParts } from './parts.ts';

type RecipeVerbs = Pick<EngineApi, 'listRecipes' | 'copyRecipe' | 'changeRecipe' | 'removeRecipe' | 'importRecipe' | 'exportRecipe' | 'getCommands' | 'getRecipeOptions'>;
type Parts = Pick<VerbParts, 'recipes' | 'events' | 'ownRecipes' | 'rehearsals' | 'settings'>;

export function createRecipeVerbs({ recipes, ownRecipes, events, rehearsals, settings }: Parts): RecipeVerbs {
  const told = ({ name, version }: AnyRecipe): MethodOutput<'copyRecipe'> => {
    events.emit({ kind: 'settings' });
    return { name, version };
  };
  return {
    listRecipes: () => Promise.resolve({
      recipes: recipes.all.map((one) => ({ ...one, isOwn: recipes.isOwn(one.name) })), chains: recipes.chains.map((one) => ({ ...one, isOwn: recipes.isOwn(one.name) })), refused: [...recipes.refused],
    }),
    copyRecipe: async (input) => {
      const { from, name, ...changes } = METHODS.copyRecipe.input.parse(input);
      const original = recipes.getAny(from);
      return told(await ownRecipes.save(name, (before) => {
        if (before !== undefined) throw new TaskError('USAGE', `There is a recipe ${name} already. Choose another name, or change that one: longhaul recipes edit ${name}.`);
        return changed({ ...original, name, version: 1 }, changes);
      }));
    },
    changeRecipe: async (input) => {
      const { name, ...changes } = METHODS.changeRecipe.input.parse(input);
      return told(await ownRecipes.save(name, (before) => {
        const known = before ?? ownRecipes.get(name);
        return changed({ ...known, version: known.version + 1 }, changes);
      }));
    },
    removeRecipe: async (input) => {
      const { name } = METHODS.removeRecipe.input.parse(input);
      await ownRecipes.remove(name);
      events.emit({ kind: 'settings' });
      return {};
    },
    importRecipe: async (input) => {
      const { text, replace } = METHODS.importRecipe.input.parse(input);
      const reading = readRecipe(text);
      if ('problem' in reading) throw new TaskError('USAGE', `This file is no recipe that Longhaul can use. ${reading.problem}`);
      const { recipe } = reading;
      return told(await ownRecipes.save(recipe.name, (before) => {
        if (before === undefined) return recipe;
        if (!replace) throw new TaskError('USAGE', `There is a recipe ${recipe.name} already (version ${before.version}). Say that it shall be replaced, or name the one in the file differently.`);
        return { ...recipe, version: Math.max(recipe.version, before.version + 1) };
      }));
    },
    getRecipeOptions: async (input) => Promise.resolve({ options: optionsOf(recipes.get(METHODS.getRecipeOptions.input.parse(input).name)) }),
    getCommands: async (input) => {
      const { recipe: name, set, path: wished, withinSeconds } = METHODS.getCommands.input.parse(input);
      const { recipe, options } = recipes.resolve(name, set);
      const path = readPath(wished, homedir());
      if (path === undefined) throw new TaskError('USAGE', `${wished} is not an absolute path.`);
      if (needs(recipe) === null) throw new TaskError('USAGE', `Recipe ${name} takes no file, and needs no commands.`);
      if (rehearsals === null) throw new TaskError('NOT_HERE', 'Commands are told by an engine that works, and this start of Longhaul only takes commands. Ask one that works.');
      return await rehearsals.of({ recipe, options, queue: queueName.parse(settings()[`route.${recipe.type}`]), path, seconds: withinSeconds });
    },
    exportRecipe: async (input) => {
      const one = recipes.getAny(METHODS.exportRecipe.input.parse(input).name);
      return Promise.resolve({ fileName: `${one.name}.json`, text: writeRecipe(one) });
    },
  };
}

type Changes = Omit<z.output<typeof METHODS.changeRecipe.input>, 'name'>;

function changed(before: AnyRecipe, { set, suffix, title, description, purpose }: Changes): AnyRecipe {
  const heading = { title: title ?? before.title, description: description ?? before.description, purpose: purpose ?? before.purpose };
  if (!isChain(before)) return { ...before, ...heading, suffix: suffix ?? before.suffix, options: { ...before.options, ...fitOptions(before, set) } };
  if (Object.keys(set).length > 0 || suffix !== undefined) throw new TaskError('USAGE', `${before.name} is a chain and has no options of its own. Export it, change its steps in the file, and import that.`);
  return { ...before, ...heading };
}
