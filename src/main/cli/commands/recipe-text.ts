/** A recipe's options and a chain's steps, as tables for people. */
import { optionsOf } from '../../../shared/option-choices.ts';
import type { ChainStep, StepOutput } from '../../../shared/recipe.ts';
import type { ListedChain, ListedRecipe } from '../../../shared/recipe-contract.ts';
import { renderTable } from '../terminal/table.ts';
import { clean } from '../terminal/text.ts';

export function recipeLines(recipe: ListedRecipe): string[] {
  const rows = optionsOf(recipe).map(({ name, takes: wanted, value }) => [`  ${name}`, JSON.stringify(value), wanted]);
  return [...heading(recipe), ...renderTable([{ title: '  OPTION' }, { title: 'VALUE' }, { title: 'TAKES' }], rows, Number.POSITIVE_INFINITY), ''];
}

export function chainLines(chain: ListedChain): string[] {
  const rows = chain.chain.map((step) => [`  ${step.key}`, step.recipe, worksOn(step), JSON.stringify(step.set)]);
  return [...heading(chain), `When a step fails for good: ${chain.onFailure}`, ...renderTable([{ title: '  STEP' }, { title: 'RECIPE' }, { title: 'WORKS ON' }, { title: 'OPTIONS' }], rows, Number.POSITIVE_INFINITY), ''];
}

function heading({ name, title, description, purpose, version, isOwn }: ListedRecipe | ListedChain): string[] {
  return [`${name}: ${clean(description.en)}`, `${clean(title.en)}, for ${purpose}${isOwn ? `, your own, version ${String(version)}` : ''}`];
}

function worksOn({ input, setFrom, after }: ChainStep): string {
  const made = ({ step, extension }: StepOutput): string => `the .${extension} of ${step}`;
  return [input === 'source' ? 'the file' : made(input), ...Object.entries(setFrom).map(([option, from]) => `${option}: ${made(from)}`), ...after.map((step) => `after ${step}`)].join('; ');
}
