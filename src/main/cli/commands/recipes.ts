/** `longhaul recipes`: what can be made of a file, and with which options. */
import * as z from 'zod';
import { OPTION_SCHEMAS } from '../../../shared/options.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { didYouMean } from '../../../shared/nearest.ts';
import { TaskError } from '../../../shared/errors.ts';
import { EXIT, printJson, printLines, type Command } from '../command.ts';
import { renderTable } from '../terminal/table.ts';
import { withSession } from '../session.ts';

export const recipes: Command = {
  name: 'recipes',
  synopsis: '[NAME…]',
  summary: 'List the recipes; with a name, the options that --set can change.',
  options: {},
  async run({ host, dataDir, isJson, positionals }) {
    return withSession({ host, dataDir, tools: null }, async ({ api }) => {
      const { recipes: all } = await api.listRecipes({});
      const chosen = positionals.length === 0 ? all : positionals.map((name) => find(name, all));
      if (isJson) printJson(host, { recipes: chosen.map((recipe) => ({ ...recipe, choices: optionsOf(recipe) })) });
      else if (positionals.length > 0) printLines(host, chosen.flatMap(describe));
      else printLines(host, renderTable([{ title: 'RECIPE' }, { title: 'WHAT IT MAKES' }], all.map(({ name, description }) => [name, description]), host.out.columns()));
      return EXIT.done;
    });
  },
};

interface Choice {
  readonly name: string;
  /** What it takes, in words. */
  readonly takes: string;
  /** The recipe's own value, else the type's. */
  readonly value: unknown;
}

/** Options of a recipe with what they take and what they are without --set. */
export function optionsOf(recipe: Recipe): Choice[] {
  const schema = OPTION_SCHEMAS[recipe.type];
  const values = schema.safeParse(recipe.options).data ?? {};
  const described = jsonSchema.parse(z.toJSONSchema(schema, { io: 'input' }));
  return Object.entries(described.properties).map(([name, property]) => ({ name, takes: takes(property), value: Object.entries(values).find(([key]) => key === name)?.[1] }));
}

const property = z.looseObject({
  type: z.string().optional(), enum: z.array(z.string()).optional(), minimum: z.number().optional(), maximum: z.number().optional(), pattern: z.string().optional(),
  items: z.looseObject({ enum: z.array(z.string()).optional() }).optional(),
  anyOf: z.array(z.looseObject({ type: z.string().optional() })).optional(),
});
const jsonSchema = z.looseObject({ properties: z.record(z.string(), property) });

function takes({ type, enum: names, minimum, maximum, pattern, items, anyOf }: z.infer<typeof property>): string {
  if (names !== undefined) return names.join(' | ');
  if (items?.enum !== undefined) return `some of ${items.enum.join(',')}`;
  if (anyOf !== undefined) return anyOf.map((one) => one.type ?? '').join(' | ');
  if (type === 'boolean') return 'true | false';
  if (type === 'integer' || type === 'number') return `${type === 'integer' ? 'whole number' : 'number'}${minimum === undefined ? '' : ` from ${String(minimum)}`}${maximum === undefined || maximum > 1e9 ? '' : ` to ${String(maximum)}`}`;
  return pattern === undefined ? 'text' : `text like ${pattern}`;
}

function find(name: string, all: readonly Recipe[]): Recipe {
  const found = all.find((recipe) => recipe.name === name);
  if (found === undefined) throw new TaskError('RECIPE_UNKNOWN', `There is no recipe "${name}". ${didYouMean(name, all.map((recipe) => recipe.name))}`);
  return found;
}

function describe(recipe: Recipe): string[] {
  const rows = optionsOf(recipe).map(({ name, takes: wanted, value }) => [`  ${name}`, JSON.stringify(value), wanted]);
  return [`${recipe.name}: ${recipe.description}`, ...renderTable([{ title: '  OPTION' }, { title: 'VALUE' }, { title: 'TAKES' }], rows, Number.POSITIVE_INFINITY), ''];
}
