/** The recipes that came with the program and the user's own, and how a recipe with `--set` becomes a task's options. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { TaskError } from '../../shared/errors.ts';
import { didYouMean } from '../../shared/nearest.ts';
import { OPTION_SCHEMAS } from '../../shared/options.ts';
import { PURPOSES, type Chain, type Recipe } from '../../shared/recipe.ts';
import { describeIssue } from './recipes/faults.ts';
import { chainFault, isChain, readRecipe, type AnyRecipe } from './recipes/recipe-file.ts';

type JsonObject = Record<string, z.infer<ReturnType<typeof z.json>>>;

/** Lies among the recipes and says how they are written. */
const SCHEMA_FILE = 'schema.json';

/** A file that is no recipe, and why. */
export interface Refused {
  readonly file: string;
  readonly problem: string;
}

export class Recipes {
  readonly #builtIn: readonly AnyRecipe[];
  #own: readonly AnyRecipe[] = [];
  #refused: readonly Refused[] = [];
  #all: readonly Recipe[] = [];
  #chains: readonly Chain[] = [];
  #byName: ReadonlyMap<string, Recipe> = new Map();

  constructor(builtIn: readonly AnyRecipe[]) {
    this.#builtIn = builtIn;
    this.setOwn([], []);
  }

  /** Reads every recipe file of a folder; a wrong one is named with what is wrong in it. */
  static async load(dir: string): Promise<Recipes> {
    const names = (await readdir(dir)).filter((name) => name.endsWith('.json') && name !== SCHEMA_FILE).sort();
    const all = await Promise.all(names.map((name) => builtIn(join(dir, name))));
    const recipes = new Recipes(all);
    const [wrong] = recipes.refused;
    if (wrong !== undefined) throw new TaskError('INTERNAL', `The recipe ${wrong.file} is wrong: ${wrong.problem}`);
    return recipes;
  }

  /** Of one task each, by purpose, then as they are named. */
  get all(): readonly Recipe[] {
    return this.#all;
  }

  get chains(): readonly Chain[] {
    return this.#chains;
  }

  /** Recipe files of the user's that can't be used. */
  get refused(): readonly Refused[] {
    return this.#refused;
  }

  isOwn(name: string): boolean {
    return this.#own.some((one) => one.name === name);
  }

  isBuiltIn(name: string): boolean {
    return this.#builtIn.some((one) => one.name === name);
  }

  /** Takes the user's recipes in place of those before. Chains whose recipes are not there are refused. */
  setOwn(own: readonly AnyRecipe[], refused: readonly Refused[]): void {
    const everything = [...this.#builtIn, ...own];
    this.#all = everything.filter((one): one is Recipe => !isChain(one)).sort(byPurpose);
    const faults = everything.filter(isChain).map((chain) => ({ chain, problem: chainFault(chain, this.#all) }));
    this.#chains = faults.filter(({ problem }) => problem === null).map(({ chain }) => chain).sort(byPurpose);
    this.#refused = [...refused, ...faults.flatMap(({ chain, problem }) => (problem === null ? [] : [{ file: `${chain.name}.json`, problem }]))];
    this.#own = own;
    this.#byName = new Map(this.#all.map((one) => [one.name, one]));
  }

  find(name: string): Recipe | undefined {
    return this.#byName.get(name);
  }

  findChain(name: string): Chain | undefined {
    return this.#chains.find((chain) => chain.name === name);
  }

  /** Throws RECIPE_UNKNOWN with the nearest names. */
  get(name: string): Recipe {
    const found = this.find(name);
    if (found) return found;
    if (this.findChain(name) !== undefined) throw new TaskError('USAGE', `${name} is a chain of several recipes. Choose a recipe of one task here.`);
    throw this.#unknown(name);
  }

  /** Throws RECIPE_UNKNOWN with the nearest names. */
  getAny(name: string): AnyRecipe {
    const found = this.find(name) ?? this.findChain(name);
    if (found === undefined) throw this.#unknown(name);
    return found;
  }

  /** The complete options of a task: defaults, then the recipe, then `set`. Throws OPTION_INVALID naming the option and what it takes. */
  resolve(name: string, set: Readonly<JsonObject>): { recipe: Recipe; options: JsonObject } {
    const recipe = this.get(name);
    return { recipe, options: completeOptions(recipe, set) };
  }

  #unknown(name: string): TaskError {
    return new TaskError('RECIPE_UNKNOWN', `There is no recipe "${name}". ${didYouMean(name, [...this.#byName.keys(), ...this.#chains.map((chain) => chain.name)])}`);
  }
}

function byPurpose(a: AnyRecipe, b: AnyRecipe): number {
  return PURPOSES.indexOf(a.purpose) - PURPOSES.indexOf(b.purpose) || (a.name < b.name ? -1 : 1);
}

function completeOptions(recipe: Recipe, set: Readonly<JsonObject>): JsonObject {
  const schema = OPTION_SCHEMAS[recipe.type];
  const merged = { ...recipe.options, ...fitOptions(recipe, set) };
  const parsed = schema.safeParse(merged);
  if (!parsed.success) throw new TaskError('OPTION_INVALID', `These options of ${recipe.name} don't go together: ${z.prettifyError(parsed.error)}`);
  return z.record(z.string(), z.json()).parse(parsed.data);
}

/** Options as their type wants them, from what a command line hands over. Throws OPTION_INVALID naming the option and what it takes. */
export function fitOptions(recipe: Pick<Recipe, 'name' | 'type'>, set: Readonly<JsonObject>): JsonObject {
  const shape: Record<string, z.ZodType> = OPTION_SCHEMAS[recipe.type].shape;
  const fitted: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(set)) {
    const field = shape[key];
    if (!field) throw new TaskError('OPTION_INVALID', `Recipe ${recipe.name} has no option "${key}". ${didYouMean(key, Object.keys(shape))}`);
    fitted[key] = fit(field, key, value);
  }
  return z.record(z.string(), z.json()).parse(fitted);
}

/** The value as the option wants it: what a command line hands over is text, or a number where text was meant. */
function fit(field: z.ZodType, key: string, value: JsonObject[string]): unknown {
  for (const candidate of readings(value)) {
    const parsed = field.safeParse(candidate);
    if (parsed.success) return parsed.data;
  }
  const [issue] = field.safeParse(value).error?.issues ?? [];
  throw new TaskError('OPTION_INVALID', `Option ${key} can't be ${JSON.stringify(value)}. ${issue === undefined ? '' : describeIssue(issue)}`);
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

async function builtIn(path: string): Promise<AnyRecipe> {
  const reading = readRecipe(await readFile(path, 'utf8'));
  if ('problem' in reading) throw new TaskError('INTERNAL', `The recipe ${path} is wrong: ${reading.problem}`);
  return reading.recipe;
}
