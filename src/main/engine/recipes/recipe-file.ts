/** A recipe as a file: read with every fault named by its field, and written so that people can read it. */
import * as z from 'zod';
import { didYouMean } from '../../../shared/nearest.ts';
import { OPTION_SCHEMAS } from '../../../shared/options.ts';
import { chain, recipe, type Chain, type ChainStep, type Recipe } from '../../../shared/recipe.ts';
import { fieldFault, optionFaults } from './faults.ts';
import { outputExtensions } from './output-extensions.ts';

/** What such a file holds. */
export type AnyRecipe = Recipe | Chain;

export type Reading = { readonly recipe: AnyRecipe } | { readonly problem: string };

export function isChain(one: AnyRecipe): one is Chain {
  return 'chain' in one;
}

/** Says of a text which recipe it is, or what is wrong with it: `options.quality: …`. Whether a chain's recipes are there is another question: see chainFault. */
export function readRecipe(text: string): Reading {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return { problem: `It is no JSON: ${error instanceof Error ? error.message : String(error)}.` };
  }
  const fields = z.record(z.string(), z.unknown()).safeParse(content);
  if (!fields.success) return { problem: 'It holds no recipe: a recipe is an object with name, type and options.' };
  const { $schema: _forEditors, ...rest } = fields.data;
  return 'chain' in rest ? readChain(rest) : readSingle(rest);
}

function readSingle(content: unknown): Reading {
  const parsed = recipe.safeParse(content);
  if (!parsed.success) return { problem: fieldFault(parsed.error, recipe) };
  const faults = optionFaults(OPTION_SCHEMAS[parsed.data.type], parsed.data.options);
  return faults === null ? { recipe: parsed.data } : { problem: `options.${faults}` };
}

function readChain(content: unknown): Reading {
  const parsed = chain.safeParse(content);
  if (!parsed.success) return { problem: fieldFault(parsed.error, chain) };
  const known = new Set<string>();
  for (const [index, step] of parsed.data.chain.entries()) {
    if (known.has(step.key)) return { problem: `chain.${index}.key: "${step.key}" stands for two steps. Give each its own.` };
    const unknown = namedSteps(step).find((name) => !known.has(name));
    if (unknown !== undefined) return { problem: `chain.${index}: there is no step "${unknown}" before it. A step takes files only of steps before it.` };
    known.add(step.key);
  }
  return { recipe: parsed.data };
}

function namedSteps({ input, setFrom, after }: ChainStep): string[] {
  return [...(input === 'source' ? [] : [input.step]), ...Object.values(setFrom).map(({ step }) => step), ...after];
}

/** What keeps a chain from being done with these recipes; null: nothing. */
export function chainFault({ chain: steps }: Chain, recipes: readonly Recipe[]): string | null {
  const made = new Map<string, readonly string[] | null>();
  for (const [index, step] of steps.entries()) {
    const found = recipes.find(({ name }) => name === step.recipe);
    if (found === undefined) return `chain.${index}.recipe: there is no recipe "${step.recipe}". ${didYouMean(step.recipe, recipes.map(({ name }) => name))}`;
    const schema = OPTION_SCHEMAS[found.type];
    const options: Readonly<Record<string, unknown>> = { ...found.options, ...step.set };
    const faults = optionFaults(schema, options);
    if (faults !== null) return `chain.${index}.set.${faults}`;
    for (const option of Object.keys(step.setFrom)) {
      if (!(option in schema.shape)) return `chain.${index}.setFrom: recipe ${found.name} has no option "${option}". ${didYouMean(option, Object.keys(schema.shape))}`;
    }
    for (const { step: from, extension } of [...(step.input === 'source' ? [] : [step.input]), ...Object.values(step.setFrom)]) {
      const extensions = made.get(from) ?? null;
      if (extensions !== null && !extensions.includes(extension)) return `chain.${index}: step "${from}" makes no .${extension}, only ${extensions.map((one) => `.${one}`).join(', ')}.`;
    }
    made.set(step.key, outputExtensions({ type: found.type, options: z.record(z.string(), z.json()).parse(options) }));
  }
  return null;
}

/** Short lists and objects stay on their line. */
const LINE = 110;

/** The file of a recipe, as the ones that come along are written. */
export function writeRecipe(one: AnyRecipe): string {
  return `${pretty(one, '')}\n`;
}

function pretty(value: unknown, indent: string): string {
  const inline = oneLine(value);
  const isNested = typeof value === 'object' && value !== null;
  if (!isNested || (indent !== '' && inline.length + indent.length <= LINE)) return inline;
  const inner = `${indent}  `;
  if (Array.isArray(value)) return `[\n${value.map((one) => inner + pretty(one, inner)).join(',\n')}\n${indent}]`;
  return `{\n${entriesOf(value).map(([key, one]) => `${inner}${JSON.stringify(key)}: ${pretty(one, inner)}`).join(',\n')}\n${indent}}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = entriesOf(value);
  return entries.length === 0 ? '{}' : `{ ${entries.map(([key, one]) => `${JSON.stringify(key)}: ${oneLine(one)}`).join(', ')} }`;
}

function entriesOf(value: object): [string, unknown][] {
  const entries: [string, unknown][] = Object.entries(value);
  return entries.filter(([, one]) => one !== undefined);
}
