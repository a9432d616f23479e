/** Options whose text has a form that words tell better than the regular expression that checks it. */
import * as z from 'zod';

/** Text that matches a pattern. The words say what it takes: in what a wrong value is answered with, and wherever the option is described. */
export function textLike(pattern: RegExp, takes: string, text = z.string()) {
  return text.regex(pattern, `It takes ${takes}`).describe(takes);
}
