/** The user's own recipes: a JSON file each in the data folder, read at the start and kept in step with what is done to them. */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import type { Recipes, Refused } from '../recipes.ts';
import { syncFolder } from '../media/durable-file.ts';
import { chainFault, isChain, readRecipe, writeRecipe, type AnyRecipe } from './recipe-file.ts';

/** More is no recipe. */
const MOST_CHARACTERS = 1_000_000;

export class OwnRecipes {
  readonly #dir: string;
  readonly #recipes: Recipes;
  readonly #own = new Map<string, AnyRecipe>();
  #refused: readonly Refused[] = [];
  /** One change after the other: each looks at what the one before has left. */
  #last: Promise<unknown> = Promise.resolve();

  /** dir is made with the first recipe. */
  constructor(dir: string, recipes: Recipes) {
    this.#dir = dir;
    this.#recipes = recipes;
  }

  /** Reads the folder. A wrong file is told with what is wrong in it, and the others are taken. */
  async load(): Promise<void> {
    const names = (await readdir(this.#dir).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
    const readings = await Promise.all(names.map((file) => this.#read(file)));
    this.#own.clear();
    for (const reading of readings) if ('recipe' in reading) this.#own.set(reading.recipe.name, reading.recipe);
    this.#refused = readings.filter((reading): reading is Refused => 'problem' in reading);
    this.#publish();
  }

  get(name: string): AnyRecipe {
    const found = this.#own.get(name);
    if (found !== undefined) return found;
    if (this.#recipes.isBuiltIn(name)) throw new TaskError('USAGE', `The recipe ${name} came with Longhaul and stays as it is. Copy it, and change the copy: longhaul recipes copy ${name} my-${name}.`);
    // Throws with the nearest names, or gives a chain that was refused meanwhile.
    return this.#recipes.getAny(name);
  }

  /** Adds it, or puts it in the place of what `change` was given. Settles when it is safe on the disk. */
  async save(name: string, change: (before: AnyRecipe | undefined) => AnyRecipe): Promise<AnyRecipe> {
    return await this.#inTurn(async () => {
      const recipe = change(this.#own.get(name));
      if (this.#recipes.isBuiltIn(recipe.name)) throw new TaskError('USAGE', `The name ${recipe.name} is that of a recipe that came with Longhaul. Choose another one.`);
      this.#refuseWrong(recipe);
      await this.#write(recipe);
      this.#own.set(recipe.name, recipe);
      this.#refused = this.#refused.filter(({ file }) => file !== fileOf(recipe.name));
      this.#publish();
      return recipe;
    });
  }

  async remove(name: string): Promise<void> {
    await this.#inTurn(async () => {
      this.get(name);
      await rm(join(this.#dir, fileOf(name)), { force: true });
      await syncFolder(this.#dir);
      this.#own.delete(name);
      this.#publish();
    });
  }

  /** What is to be written must be readable again, options and all. */
  #refuseWrong(recipe: AnyRecipe): void {
    const reading = readRecipe(writeRecipe(recipe));
    const problem = 'problem' in reading ? reading.problem : isChain(recipe) ? chainFault(recipe, this.#recipes.all) : null;
    if (problem !== null) throw new TaskError('OPTION_INVALID', `The recipe ${recipe.name} can't be kept. ${problem}`);
  }

  async #read(file: string): Promise<{ recipe: AnyRecipe } | Refused> {
    const text = await readFile(join(this.#dir, file), 'utf8').catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    if (text instanceof Error) return { file, problem: `It can't be read: ${text.message}.` };
    if (text.length > MOST_CHARACTERS) return { file, problem: 'It is too large to be a recipe.' };
    const reading = readRecipe(text);
    if ('problem' in reading) return { file, problem: reading.problem };
    const { name } = reading.recipe;
    if (this.#recipes.isBuiltIn(name)) return { file, problem: `name: "${name}" is that of a recipe that came with Longhaul. Choose another one.` };
    // Only so is a recipe found again by its name, and none is there twice.
    if (file !== fileOf(name)) return { file, problem: `name: "${name}" is not the name of the file. Rename one of them.` };
    return reading;
  }

  async #write(recipe: AnyRecipe): Promise<void> {
    try {
      await mkdir(this.#dir, { recursive: true });
      const path = join(this.#dir, fileOf(recipe.name));
      const temp = `${path}.new`;
      const file = await open(temp, 'w');
      try {
        await file.writeFile(writeRecipe(recipe));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temp, path);
      await syncFolder(this.#dir);
    } catch (cause) {
      throw new TaskError(TaskError.from(cause).code, `The recipe ${recipe.name} could not be saved in ${this.#dir}. Check that disk's room and permissions, then try again.`, { cause, details: String(cause) });
    }
  }

  #publish(): void {
    this.#recipes.setOwn([...this.#own.values()], this.#refused);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work);
    this.#last = mine.catch(() => undefined);
    return await mine;
  }
}

function fileOf(name: string): string {
  return `${name}.json`;
}
