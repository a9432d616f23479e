/** Finds Whisper models on this machine and chooses one. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { modelFolders, type ModelFolder, type ModelSurroundings } from './model-folders.ts';
import { isMultilingual, modelNameOf, quantisationOf, readModelHeader, SIZE_CLASSES, sizeClassOf, type SizeClass } from './model-header.ts';
import { modelMemoryBytes } from './whisper.ts';

export interface FoundModel {
  /** `small.en-q5_1`: what `--set model=` and `models use` take. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sizeClass: SizeClass;
  readonly isMultilingual: boolean;
  /** Can translate to English: turbo and distilled models never learned it. */
  readonly canTranslate: boolean;
  /** `q8_0`, `f16`, …. */
  readonly quantisation: string;
  /** Whose folder it lies in: `Longhaul`, `bundled`, `Buzz`, …. */
  readonly owner: string;
}

/** Every model in the known folders, each file once, in the folders' order. What can't be read is passed over. */
export async function scanModels(surroundings: ModelSurroundings): Promise<FoundModel[]> {
  const found = new Map<string, FoundModel>();
  for (const folder of modelFolders(surroundings)) {
    for (const path of await modelFiles(folder.path, folder.depth)) {
      const real = await realpath(path).catch(() => path);
      if (found.has(real)) continue;
      const model = await describeModel(path, folder);
      if (model) found.set(real, model);
    }
  }
  return [...found.values()];
}

/** Undefined: not a model. */
export async function describeModel(path: string, folder: Pick<ModelFolder, 'owner'>): Promise<FoundModel | undefined> {
  try {
    const header = await readModelHeader(path);
    if (header === undefined) return undefined;
    const sizeClass = sizeClassOf(header);
    return {
      name: modelNameOf(path, header),
      path,
      sizeBytes: (await stat(path)).size,
      sizeClass,
      isMultilingual: isMultilingual(header),
      canTranslate: isMultilingual(header) && sizeClass !== 'turbo' && header.textLayers > 2,
      quantisation: quantisationOf(header),
      owner: folder.owner,
    };
  } catch {
    return undefined;
  }
}

export interface ModelWish {
  /** A language's code, or auto. */
  readonly language: string;
  readonly translate: boolean;
  /** A model's name, the path of a file that is among the models, or auto. */
  readonly model: string;
  /** Of the machine. */
  readonly memoryBytes: number;
}

export interface ModelChoice {
  readonly model: FoundModel;
  /** Sentences for the user: a better model was passed over, or this one is a tight fit. */
  readonly warnings: readonly string[];
}

/** Share of the machine's memory that a model may take: the system and other programs need the rest. */
const MEMORY_SHARE = 0.7;
/** At equal size: 8 bits are faster than 16 and err no more; fewer bits err more. */
const QUANTISATIONS = ['q8_0', 'f16', 'bf16', 'f32', 'q6_k', 'q5_1', 'q5_0', 'q5_k', 'q4_1', 'q4_0', 'q4_k', 'q3_k', 'q2_k'];

/** The best model for the wish, or the one it names. Throws MODEL_MISSING or MODEL_LANGUAGE with the command that cures it. */
export function chooseModel(models: readonly FoundModel[], wish: ModelWish): ModelChoice {
  if (wish.model !== 'auto') return { model: namedModel(models, wish), warnings: [] };
  if (models.length === 0) throw new TaskError('MODEL_MISSING', 'No Whisper model was found on this machine. Add one: `longhaul models add small`.');
  const fitting = models.filter((model) => fits(model, wish));
  if (fitting.length === 0) throw wrongLanguage(wish, 'no model on this machine does');
  const ordered = fitting.sort(compareFor(wish));
  const affordable = ordered.filter((model) => modelMemoryBytes(model.sizeBytes) <= MEMORY_SHARE * wish.memoryBytes);
  const [best, model] = [ordered[0], affordable[0] ?? smallest(ordered)];
  if (best === undefined || model === undefined) throw wrongLanguage(wish, 'no model on this machine does');
  return { model, warnings: best === model ? [] : [`The model ${best.name} needs more memory than this machine has; ${model.name} was used instead.`] };
}

function namedModel(models: readonly FoundModel[], wish: ModelWish): FoundModel {
  const named = models.filter((model) => model.path === wish.model || model.name === wish.model || isShortName(model, wish.model));
  if (named.length === 0) {
    const names = [...new Set(models.map((model) => model.name))].join(', ');
    throw new TaskError('MODEL_MISSING', `The model ${wish.model} is not on this machine${names === '' ? '' : `; there ${models.length === 1 ? 'is' : 'are'} ${names}`}. Add it: \`longhaul models add ${wish.model}\`.`);
  }
  const model = named.filter((candidate) => fits(candidate, wish)).sort(compareFor(wish))[0];
  if (model === undefined) throw wrongLanguage(wish, `${wish.model} does not`);
  return model;
}

/** `small` also means its quantised files, `turbo` large-v3-turbo. */
function isShortName(model: FoundModel, wanted: string): boolean {
  const plain = model.name.replace(/-(q\d_\w+|f16|f32|bf16)$/, '');
  return plain === wanted || (wanted === 'turbo' && plain === 'large-v3-turbo') || (wanted === 'large' && plain === 'large-v3');
}

/** English-only models are for English only. `auto` may be any language, unless there are only English models. */
function fits(model: FoundModel, wish: ModelWish): boolean {
  if (wish.translate) return model.canTranslate;
  return model.isMultilingual || wish.language === 'en' || wish.language === 'auto';
}

function compareFor(wish: ModelWish): (a: FoundModel, b: FoundModel) => number {
  return (a, b) =>
    anyLanguageFirst(wish, a, b) ||
    rank(SIZE_CLASSES, a.sizeClass) - rank(SIZE_CLASSES, b.sizeClass) ||
    Number(a.owner === 'bundled') - Number(b.owner === 'bundled') ||
    englishFirst(wish, a, b) ||
    rank(QUANTISATIONS, a.quantisation) - rank(QUANTISATIONS, b.quantisation);
}

/** A small model that may hear the language is better than a large one that certainly hears English. */
function anyLanguageFirst(wish: ModelWish, a: FoundModel, b: FoundModel): number {
  return wish.language === 'auto' ? Number(b.isMultilingual) - Number(a.isMultilingual) : 0;
}

/** OpenAI: the .en models do better on English than their siblings, most of all tiny and base. */
function englishFirst(wish: ModelWish, a: FoundModel, b: FoundModel): number {
  return wish.language === 'en' ? Number(a.isMultilingual) - Number(b.isMultilingual) : 0;
}

function rank<T>(order: readonly T[], value: T): number {
  const index = order.indexOf(value);
  return index < 0 ? order.length : index;
}

function smallest(models: readonly FoundModel[]): FoundModel | undefined {
  return [...models].sort((a, b) => a.sizeBytes - b.sizeBytes)[0];
}

function wrongLanguage(wish: ModelWish, who: string): TaskError {
  const what = wish.translate ? 'Translating needs a model that has learned it' : `The language "${wish.language}" needs a multilingual model`;
  return new TaskError('MODEL_LANGUAGE', `${what}, and ${who}. Add one: \`longhaul models add ${wish.translate ? 'medium' : 'small'}\`.`);
}

/** Files that are called like models; whether they are says their head. */
async function modelFiles(dir: string, depth: number): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory() && /^ggml-.*\.bin$/i.test(entry.name)).map((entry) => join(dir, entry.name)).sort();
  if (depth === 0) return files;
  const below = await Promise.all(entries.filter((entry) => entry.isDirectory()).map((entry) => modelFiles(join(dir, entry.name), depth - 1)));
  return [...files, ...below.flat()];
}
