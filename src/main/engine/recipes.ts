/** The recipes that came with the program, and how a recipe with `--set` becomes a task's options. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { TaskError } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { OPTION_SCHEMAS } from '../../shared/options.ts';
import { recipe as recipeSchema, type Recipe } from '../../shared/recipe.ts';

type JsonObject = Record<string, z.infer<ReturnType<typeof z.json>>>;

export class Recipes {
  readonly all: readonly Recipe[];
  readonly #byName: ReadonlyMap<string, Recipe>;

  constructor(recipes: readonly Recipe[]) {
    this.all = recipes;
    this.#byName = new Map(recipes.map((one) => [one.name, one]));
  }

  /** Reads every recipe file of a folder; a wrong one is named with what is wrong in it. */
  static async load(dir: string): Promise<Recipes> {
    const names = (await readdir(dir)).filter((name) => name.endsWith('.json')).sort();
    return new Recipes(await Promise.all(names.map((name) => readRecipe(join(dir, name)))));
  }

  find(name: string): Recipe | undefined {
    return this.#byName.get(name);
  }

  /** Throws RECIPE_UNKNOWN with the nearest names. */
  get(name: string): Recipe {
    const found = this.find(name);
    if (found) return found;
    throw new TaskError('RECIPE_UNKNOWN', `There is no recipe "${name}". ${didYouMean(name, [...this.#byName.keys()])}`);
  }

  /** The complete options of a task: defaults, then the recipe, then `set`. Throws OPTION_INVALID naming the option and what it takes. */
  resolve(name: string, set: Readonly<JsonObject>): { recipe: Recipe; options: JsonObject } {
    const recipe = this.get(name);
    return { recipe, options: completeOptions(recipe, set) };
  }
}

function completeOptions(recipe: Recipe, set: Readonly<JsonObject>): JsonObject {
  const schema = OPTION_SCHEMAS[recipe.type];
  const shape: Record<string, z.ZodType> = schema.shape;
  const merged: Record<string, unknown> = { ...recipe.options };
  for (const [key, value] of Object.entries(set)) {
    const field = shape[key];
    if (!field) throw new TaskError('OPTION_INVALID', `Recipe ${recipe.name} has no option "${key}". ${didYouMean(key, Object.keys(shape))}`);
    merged[key] = fit(field, key, value);
  }
  const parsed = schema.safeParse(merged);
  if (!parsed.success) throw new TaskError('OPTION_INVALID', `These options of ${recipe.name} don't go together: ${z.prettifyError(parsed.error)}`);
  return z.record(z.string(), z.json()).parse(parsed.data);
}

/** The value as the option wants it: what a command line hands over is text, or a number where text was meant. */
function fit(field: z.ZodType, key: string, value: JsonObject[string]): unknown {
  for (const candidate of readings(value)) {
    const parsed = field.safeParse(candidate);
    if (parsed.success) return parsed.data;
  }
  const { error } = field.safeParse(value);
  throw new TaskError('OPTION_INVALID', `Option ${key} can't be ${JSON.stringify(value)}. ${describeRefusal(error)}`);
}

function readings(value: JsonObject[string]): unknown[] {
  if (typeof value === 'number' || typeof value === 'boolean') return [value, String(value)];
  if (typeof value !== 'string') return [value];
  const all: unknown[] = [value];
  try {
    all.push(JSON.parse(value));
  } catch {
    // Not JSON: the text itself and the list are what is left.
  }
  all.push(value.split(',').map((part) => part.trim()));
  return all;
}

function describeRefusal(error: z.ZodError | undefined): string {
  const [issue] = error?.issues ?? [];
  if (!issue) return '';
  if (issue.code === 'invalid_value') return `Choose one of: ${issue.values.map(String).join(', ')}.`;
  return `${issue.message}.`;
}

async function readRecipe(path: string): Promise<Recipe> {
  const parsed = recipeSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
  if (!parsed.success) throw new TaskError('INTERNAL', `The recipe ${path} is wrong: ${z.prettifyError(parsed.error)}`);
  const recipe = parsed.data;
  const options = OPTION_SCHEMAS[recipe.type].safeParse(recipe.options);
  if (!options.success) throw new TaskError('INTERNAL', `The options of recipe ${path} are wrong: ${z.prettifyError(options.error)}`);
  return recipe;
}

