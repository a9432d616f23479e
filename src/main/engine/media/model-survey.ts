/** Every model of this machine for a list that people look at: also those of Longhaul's own folder that can't be used, and why. */
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { checkModel } from './model-check.ts';
import { isMultilingualName } from './model-catalogue.ts';
import type { ModelSurroundings } from './model-folders.ts';
import { scanModels, type FoundModel } from './models.ts';

export interface SurveyedModel {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly owner: string;
  readonly isMultilingual: boolean;
  /** In Longhaul's own folder. */
  readonly isOwn: boolean;
  /** Why it can't be used. */
  readonly problem: string | null;
}

export class ModelSurvey {
  readonly #surroundings: ModelSurroundings;
  /** What was found wrong with a file (null: nothing), as long as it has the same size and date. */
  readonly #checked = new Map<string, { readonly mark: string; readonly problem: string | null }>();

  constructor(surroundings: ModelSurroundings) {
    this.#surroundings = surroundings;
  }

  /** usable: those that a choice may be made from. */
  async look(): Promise<{ models: SurveyedModel[]; usable: FoundModel[] }> {
    const found = await scanModels(this.#surroundings);
    const models: SurveyedModel[] = [];
    for (const model of found) models.push({ ...pick(model), isOwn: this.#isOwn(model.path), problem: await this.#problem(model.path) });
    const usable = found.filter(({ path }) => models.some((model) => model.path === path && model.problem === null));
    return { models: [...models, ...(await this.#unrecognised(found))], usable };
  }

  /** Files of our own folder that are called like models and do not begin like one. */
  async #unrecognised(found: readonly FoundModel[]): Promise<SurveyedModel[]> {
    const { modelsDir } = this.#surroundings;
    const known = new Set(found.map(({ path }) => path));
    const models: SurveyedModel[] = [];
    for (const file of await readdir(modelsDir).catch(() => [])) {
      const name = /^ggml-(.+)\.bin$/i.exec(file)?.[1];
      const path = join(modelsDir, file);
      const problem = name === undefined || known.has(path) ? null : await this.#problem(path);
      if (name === undefined || problem === null) continue;
      const sizeBytes = await stat(path).then(({ size }) => size, () => 0);
      models.push({ name, path, sizeBytes, owner: 'Longhaul', isMultilingual: isMultilingualName(name), isOwn: true, problem });
    }
    return models;
  }

  #isOwn(path: string): boolean {
    return resolve(dirname(path)) === resolve(this.#surroundings.modelsDir);
  }

  async #problem(path: string): Promise<string | null> {
    const mark = await stat(path).then(({ size, mtimeMs }) => `${size} ${mtimeMs}`, () => '');
    const known = this.#checked.get(path);
    if (known?.mark === mark) return known.problem;
    const problem = await checkModel(path).then(() => null, (error: unknown) => TaskError.from(error).message);
    this.#checked.set(path, { mark, problem });
    return problem;
  }
}

function pick({ name, path, sizeBytes, owner, isMultilingual }: FoundModel): Omit<SurveyedModel, 'isOwn' | 'problem'> {
  return { name, path, sizeBytes, owner, isMultilingual };
}
