/** Recipes: named presets of one type's options, and chains of them. The files in resources/recipes and a user's own have this shape. */
import * as z from 'zod';
import { failurePolicy } from './new-task.ts';
import { taskType } from './task.ts';

/** What people want the result for. Recipes are listed by it, in this order. */
export const PURPOSES = ['web', 'phone', 'social', 'editing', 'archive', 'podcast', 'subtitles', 'text', 'preview', 'print', 'email', 'other'] as const;
export const purpose = z.enum(PURPOSES);
export type Purpose = z.infer<typeof purpose>;

/** kebab-case; what `--recipe` takes. */
export const recipeName = z.string().max(60).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'takes small letters, digits and hyphens, such as my-recipe');

/** The same words in each language of the window. */
export const texts = z.strictObject({ en: z.string().trim().min(1).max(300), zh: z.string().trim().min(1).max(300) });
export type Texts = z.infer<typeof texts>;

const heading = {
  name: recipeName,
  /** Counts up with each change; a task keeps its options, so a change touches no accepted work. */
  version: z.int().min(1),
  purpose,
  /** A few words. */
  title: texts,
  /** One sentence for a person who has to choose. */
  description: texts,
};

export const recipe = z.strictObject({
  ...heading,
  type: taskType,
  /** What goes between the input's name and the extension of the output, dot included: `.preview`. */
  suffix: z.string().regex(/^(\.[a-z0-9-]+)?$/, 'takes nothing, or a dot with small letters, digits and hyphens, such as .small').default(''),
  /** Options that differ from the type's defaults. */
  options: z.record(z.string(), z.json()),
});
export type Recipe = z.infer<typeof recipe>;

/** A file that an earlier step makes: the first of its outputs with this ending. */
export const stepOutput = z.strictObject({ step: recipeName, extension: z.string().regex(/^[a-z0-9]+$/, 'takes an ending without its dot, such as srt') });
export type StepOutput = z.infer<typeof stepOutput>;

export const chainStep = z.strictObject({
  /** Names the step within its chain. */
  key: recipeName,
  /** Of one task: chains hold no chains. */
  recipe: recipeName,
  /** Options that replace the recipe's. */
  set: z.record(z.string(), z.json()).default({}),
  /** What it works on: the file that was dropped, or what an earlier step made. */
  input: z.union([z.literal('source'), stepOutput]).default('source'),
  /** Options whose value is the path of a file that an earlier step makes. */
  setFrom: z.record(z.string(), stepOutput).default({}),
  /** Earlier steps that must be over first though nothing is taken of them. */
  after: z.array(recipeName).default([]),
});
export type ChainStep = z.infer<typeof chainStep>;

export const chain = z.strictObject({
  ...heading,
  /** In this order; a step names only steps before it. */
  chain: z.array(chainStep).min(2).max(20),
  /** What becomes of the other steps when one fails for good. Those that wait for it never start in any case. */
  onFailure: failurePolicy.default('goOn'),
});
export type Chain = z.infer<typeof chain>;
