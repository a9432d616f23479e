/** A recipe: a named preset of one type's options. The files in resources/recipes have this shape. */
import * as z from 'zod';
import { taskType } from './task.ts';

export const recipe = z.strictObject({
  /** kebab-case; what `--recipe` takes. */
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  type: taskType,
  /** One sentence for a person who has to choose. */
  description: z.string().min(1),
  /** What goes between the input's name and the extension of the output, dot included: `.preview`. */
  suffix: z.string().regex(/^(\.[a-z0-9-]+)?$/).default(''),
  /** Options that differ from the type's defaults. */
  options: z.record(z.string(), z.json()),
});
export type Recipe = z.infer<typeof recipe>;
