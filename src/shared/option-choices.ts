/** Options of a recipe for people who choose: what each is, and what it takes. From the schemas themselves. */
import * as z from 'zod';
import { OPTION_SCHEMAS } from './options.ts';
import type { Recipe } from './recipe.ts';

/** What kind of value an option takes. several: some of its values. texts: any number of texts. */
export const OPTION_KINDS = ['choice', 'several', 'yesNo', 'number', 'wholeNumber', 'text', 'texts'] as const;

export const optionChoice = z.object({
  name: z.string(),
  kind: z.enum(OPTION_KINDS),
  /** What it takes, in words. */
  takes: z.string(),
  /** The recipe's own value, else the type's. */
  value: z.json(),
  /** Whether the recipe says it itself. */
  isOwn: z.boolean(),
  /** Whether null is a value too: it is not set then. */
  canBeUnset: z.boolean(),
  /** choice, yesNo: the only values; several: what to choose from. null: others. */
  values: z.array(z.string()).nullable(),
  /** Of numbers; null: no limit. */
  minimum: z.number().nullable(),
  maximum: z.number().nullable(),
});
export type OptionChoice = z.infer<typeof optionChoice>;

/** Options of a recipe with what they take and what they are without --set. */
export function optionsOf(recipe: Pick<Recipe, 'type' | 'options'>): OptionChoice[] {
  const schema = OPTION_SCHEMAS[recipe.type];
  const values = z.record(z.string(), z.json()).parse(schema.safeParse(recipe.options).data ?? {});
  const described = jsonSchema.parse(z.toJSONSchema(schema, { io: 'input' }));
  return Object.entries(described.properties).map(([name, property]) => ({ name, value: values[name] ?? null, isOwn: name in recipe.options, ...describe(property) }));
}

/** Zod says `[string, null]` of text without limits that can be null, and `anyOf` of all else that can be. */
const plain = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(), enum: z.array(z.string()).optional(), minimum: z.number().optional(), maximum: z.number().optional(), description: z.string().optional(),
  items: z.looseObject({ enum: z.array(z.string()).optional() }).optional(),
});
const property = plain.extend({ anyOf: z.array(plain).optional() });
const jsonSchema = z.looseObject({ properties: z.record(z.string(), property) });
type Plain = z.infer<typeof plain>;

function describe({ anyOf, ...itself }: z.infer<typeof property>): Omit<OptionChoice, 'name' | 'value' | 'isOwn'> {
  const canBeUnset = [...(anyOf ?? []), itself].some(({ type }) => type === 'null' || (Array.isArray(type) && type.includes('null')));
  const shape = anyOf?.find(({ type }) => type !== 'null') ?? itself;
  const kind = kindOf(shape);
  return { kind, canBeUnset, takes: `${takes(shape, kind)}${canBeUnset ? ' | null' : ''}`, values: kind === 'yesNo' ? ['true', 'false'] : (shape.enum ?? shape.items?.enum ?? null), minimum: limit(shape.minimum), maximum: limit(shape.maximum) };
}

function kindOf({ type, enum: names, items }: Plain): OptionChoice['kind'] {
  if (names !== undefined) return 'choice';
  if (type === 'array') return items?.enum === undefined ? 'texts' : 'several';
  if (type === 'boolean') return 'yesNo';
  if (type === 'integer') return 'wholeNumber';
  return type === 'number' ? 'number' : 'text';
}

/** JSON Schema gives a whole number without limits those of the format: no limits for people. */
function limit(value: number | undefined): number | null {
  return value === undefined || Math.abs(value) > 1e9 ? null : value;
}

function takes({ enum: names, minimum, maximum, description, items }: Plain, kind: OptionChoice['kind']): string {
  switch (kind) {
    case 'choice': return (names ?? []).join(' | ');
    case 'several': return `some of ${(items?.enum ?? []).join(',')}`;
    case 'yesNo': return 'true | false';
    case 'number':
    case 'wholeNumber': return `${kind === 'number' ? 'number' : 'whole number'}${limit(minimum) === null ? '' : ` from ${String(minimum)}`}${limit(maximum) === null ? '' : ` to ${String(maximum)}`}`;
    case 'texts': return 'texts with commas between';
    case 'text': return description ?? 'text';
  }
}
