/** Options of a recipe for people who choose: what each is, and what it takes. From the schemas themselves. */
import * as z from 'zod';
import { OPTION_SCHEMAS } from './options.ts';
import type { Recipe } from './recipe.ts';

export const optionChoice = z.object({
  name: z.string(),
  /** What it takes, in words. */
  takes: z.string(),
  /** The recipe's own value, else the type's. */
  value: z.json(),
  /** Whether the recipe says it itself. */
  isOwn: z.boolean(),
  /** The only values; null: others. */
  values: z.array(z.string()).nullable(),
});
export type OptionChoice = z.infer<typeof optionChoice>;

/** Options of a recipe with what they take and what they are without --set. */
export function optionsOf(recipe: Pick<Recipe, 'type' | 'options'>): OptionChoice[] {
  const schema = OPTION_SCHEMAS[recipe.type];
  const values = z.record(z.string(), z.json()).parse(schema.safeParse(recipe.options).data ?? {});
  const described = jsonSchema.parse(z.toJSONSchema(schema, { io: 'input' }));
  return Object.entries(described.properties).map(([name, property]) => ({
    name, takes: takes(property), value: values[name] ?? null, isOwn: name in recipe.options, values: property.type === 'boolean' ? ['true', 'false'] : (property.enum ?? null),
  }));
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
