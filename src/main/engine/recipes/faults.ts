/** Says what is wrong with a recipe in one line that begins with the field. */
import type * as z from 'zod';
import { didYouMean } from '../../../shared/nearest.ts';

/** `title.zh: …` of the first fault. */
export function fieldFault(error: z.ZodError, schema: z.ZodObject): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'It can\'t be understood.';
  const place = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const [unknown = ''] = issue.keys;
    const known = place === '' ? ` ${didYouMean(unknown, Object.keys(schema.shape))}` : '';
    return `${place === '' ? '' : `${place}.`}${unknown}: there is no such field.${known}`;
  }
  return `${place}: ${describeIssue(issue)}`;
}

/** `quality: …` of the first option that its type can't be told; null: all is well. */
export function optionFaults(schema: z.ZodObject, options: unknown): string | null {
  const parsed = schema.safeParse(options);
  return parsed.success ? null : fieldFault(parsed.error, schema);
}

/** What a value should have been. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `Choose one of: ${issue.values.map(String).join(', ')}.`;
  return `${issue.message}.`;
}
