/** The recipe file's schema for editors and other programs: resources/recipes/schema.json is made from it by `npm run docs`. */
import * as z from 'zod';
import { OPTION_SCHEMAS } from './options.ts';
import { chain, recipe } from './recipe.ts';

const editor = { $schema: z.string().optional().describe('For editors, which check the file while it is written.') };

/** JSON Schema, draft 2020-12: a recipe by its type with that type's options, or a chain. */
export function recipeJsonSchema(): unknown {
  const byType = Object.entries(OPTION_SCHEMAS).map(([type, options]) => recipe.extend({ ...editor, type: z.literal(type), options: options.partial() }));
  return { title: 'A recipe of Longhaul', ...z.toJSONSchema(z.union([...byType, chain.extend(editor)]), { io: 'input', reused: 'ref' }) };
}
