/** Methods on recipes: those that came along, the user's own, chains of them. */
import * as z from 'zod';
import { taskErrorShape } from './errors.ts';
import { optionChoice } from './option-choices.ts';
import { purpose, recipe, chain, recipeName, texts } from './recipe.ts';

/** isOwn: the user made it, and may change and remove it. */
const listed = { isOwn: z.boolean() };
export const listedRecipe = recipe.extend(listed);
export type ListedRecipe = z.infer<typeof listedRecipe>;
export const listedChain = chain.extend(listed);
export type ListedChain = z.infer<typeof listedChain>;

/** What may be said of a recipe anew. */
const changes = {
  /** Options by name; what is left out stays as it is. */
  set: z.record(z.string(), z.json()).default({}),
  title: texts.optional(),
  description: texts.optional(),
  purpose: purpose.optional(),
  suffix: recipe.shape.suffix.unwrap().optional(),
};
const oneRecipe = z.object({ name: recipeName });
const answer = z.object({ name: recipeName, version: z.int() });

/** Answers come when the recipe's file is safe on the disk. A `settings` event tells all windows. */
export const RECIPE_COMMANDS = {
  /** A recipe of the user's own, made by changing another one. A name that is taken is refused (USAGE). */
  copyRecipe: { input: z.object({ from: recipeName, name: recipeName, ...changes }), output: answer },
  /** Only the user's own; its version counts up. */
  changeRecipe: { input: z.object({ name: recipeName, ...changes }), output: answer },
  /** Only the user's own. Accepted tasks keep their options. */
  removeRecipe: { input: oneRecipe, output: z.object({}) },
  /** A recipe or a chain as it was exported. An own one of the same name is replaced only when that is said. */
  importRecipe: { input: z.object({ text: z.string().max(1_000_000), replace: z.boolean().default(false) }), output: answer },
} as const;

export const RECIPE_QUERIES = {
  /** By purpose, then name. refused: files of the user's that are no recipes, and why. */
  listRecipes: {
    input: z.object({}),
    output: z.object({ recipes: z.array(listedRecipe), chains: z.array(listedChain), refused: z.array(z.object({ file: z.string(), problem: z.string() })) }),
  },
  /**
   * Which commands a recipe makes for a file: a worker begins the real work in a folder that goes afterwards, and tells what it starts.
   * looks: those that only look at the file or ask a tool what it can do. isWhole: it came to its end within the time; else there are more commands. Types that need no tool have none.
   */
  getCommands: {
    input: z.object({ recipe: recipeName, set: z.record(z.string(), z.json()).default({}), path: z.string().min(1), withinSeconds: z.number().min(1).max(60).default(10) }),
    output: z.object({ commands: z.array(z.string()), looks: z.array(z.string()), notes: z.array(z.string()), isWhole: z.boolean(), problem: taskErrorShape.nullable() }),
  },
  /** What its options are and take. Only of a recipe of one task. */
  getRecipeOptions: { input: oneRecipe, output: z.object({ options: z.array(optionChoice) }) },
  /** As a file to keep or to hand on. */
  exportRecipe: { input: oneRecipe, output: z.object({ fileName: z.string(), text: z.string() }) },
} as const;
