/** Adds and removes models of the user's own folder: what `longhaul models` does. */
import { rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { downloadModel } from './model-download.ts';
import type { ModelSurroundings } from './model-folders.ts';
import { forgetModelSum } from './model-sums.ts';
import { scanModels, type FoundModel } from './models.ts';

/** whisper.cpp's own place for its models; `main` there has not changed a published file since it was put up, and the sum is checked. */
const MODELS_URL = 'https://huggingface.co/ggerganov/whisper.cpp/resolve/main';

/** A model that can be added, with its size on disk in MB (whisper.cpp models/README). */
export interface CatalogueEntry {
  readonly name: string;
  readonly megabytes: number;
}

/** Those that are worth having; others of the same source can be added by name too. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  { name: 'tiny', megabytes: 78 }, { name: 'tiny.en', megabytes: 78 }, { name: 'base', megabytes: 148 }, { name: 'base.en', megabytes: 148 },
  { name: 'small', megabytes: 488 }, { name: 'small.en', megabytes: 488 }, { name: 'medium', megabytes: 1530 }, { name: 'medium.en', megabytes: 1530 },
  { name: 'large-v2', megabytes: 3090 }, { name: 'large-v3', megabytes: 3100 }, { name: 'large-v3-q5_0', megabytes: 1080 },
  { name: 'large-v3-turbo', megabytes: 1620 }, { name: 'large-v3-turbo-q5_0', megabytes: 574 },
];

/** Names that people use for others. */
const ALIASES: Readonly<Record<string, string>> = { turbo: 'large-v3-turbo', large: 'large-v3' };

/** The entry of that name, or of the name that people use for it. */
export function catalogueEntry(name: string): CatalogueEntry | undefined {
  return CATALOGUE.find((entry) => entry.name === (ALIASES[name] ?? name));
}

/** Whether it knows other languages than English. */
export function isMultilingualName(name: string): boolean {
  return !/\.en(-|$)/.test(name);
}

export type Added = { readonly kind: 'added'; readonly path: string } | { readonly kind: 'present'; readonly model: FoundModel };

/** Downloads a model unless it is on this machine already, in any program's folder. */
export async function addModel(input: {
  name: string;
  surroundings: ModelSurroundings;
  signal: AbortSignal;
  onProgress: (doneBytes: number, totalBytes: number) => void;
}): Promise<Added> {
  const name = ALIASES[input.name] ?? input.name;
  if (!/^[a-z0-9]+([._-][a-z0-9]+)*$/i.test(name)) throw new TaskError('OPTION_INVALID', `"${input.name}" is no model's name. Some that are: ${CATALOGUE.map((entry) => entry.name).join(', ')}.`);
  const model = (await scanModels(input.surroundings)).find((found) => found.name === name);
  if (model !== undefined) return { kind: 'present', model };
  const { env, modelsDir } = input.surroundings;
  const path = await downloadModel({ name, modelsDir, baseUrl: env['LONGHAUL_MODELS_URL'] || MODELS_URL, signal: input.signal, onProgress: input.onProgress });
  return { kind: 'added', path };
}

/** Deletes a model of Longhaul's own folder, or what came of its download; other programs' files are theirs. Gives its path. */
export async function removeModel(name: string, surroundings: ModelSurroundings): Promise<string> {
  const { modelsDir } = surroundings;
  const wanted = ALIASES[name] ?? name;
  const own = (await scanModels(surroundings)).filter((model) => resolve(dirname(model.path)) === resolve(modelsDir));
  const model = own.find((found) => found.name === wanted);
  // A damaged one is not recognised as a model, and its removal is what its error message asks for.
  const path = model?.path ?? join(modelsDir, `ggml-${wanted}.bin`);
  const leftovers = [`${path}.part`, `${path}.part.json`];
  const present = await Promise.all([path, ...leftovers].map((file) => stat(file).then(() => true, () => false)));
  if (/[/\\]/.test(wanted) || !present.includes(true)) throw new TaskError('MODEL_MISSING', await notOwn(wanted, surroundings));
  for (const file of [path, ...leftovers]) await rm(file, { force: true });
  await forgetModelSum(modelsDir, path);
  return path;
}

async function notOwn(name: string, surroundings: ModelSurroundings): Promise<string> {
  const elsewhere = (await scanModels(surroundings)).find((model) => model.name === name);
  if (elsewhere !== undefined) return `The model ${name} lies in ${elsewhere.path} (${elsewhere.owner}) and is not Longhaul's to remove. Delete it there if you want it gone.`;
  return `There is no model ${name} in ${surroundings.modelsDir}. See \`longhaul models list\`.`;
}
