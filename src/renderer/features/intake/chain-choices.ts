/** Chains in the intake: which are chosen, and which recipes a step can have instead. Plain values in, plain values out. */
import type { InspectedFile } from '../../../shared/contract.ts';
import type { ChainStep, Recipe } from '../../../shared/recipe.ts';
import { recipesFor, type Choices } from './intake-plan.ts';

/** The chains that are chosen for any of the files, each once. */
export function chosenChains<One extends { readonly name: string }>(files: readonly InspectedFile[], choices: Choices, chains: readonly One[]): One[] {
  if (chains.length === 0) return [];
  const chosen = new Set(files.flatMap((file) => recipesFor(file, choices)));
  return chains.filter(({ name }) => chosen.has(name));
}

/** Recipes that make files of the same kind as the step's own: later steps find what they need. The step's own is one of them. */
export function replacements(step: ChainStep, steps: readonly ChainStep[], recipes: readonly Recipe[]): string[] {
  const own = recipes.find(({ name }) => name === step.recipe);
  if (own === undefined) return [step.recipe];
  const isNeeded = steps.some(({ input, setFrom }) => (input !== 'source' && input.step === step.key) || Object.values(setFrom).some((from) => from.step === step.key));
  const isAlike = (other: Recipe): boolean => other.type === own.type && (!isNeeded || MAKES.every((option) => JSON.stringify(other.options[option]) === JSON.stringify(own.options[option])));
  return recipes.filter(isAlike).map(({ name }) => name);
}

/** Options that decide which files come out. */
const MAKES = ['container', 'format', 'formats', 'action', 'layout'] as const;
