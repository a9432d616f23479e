/** The commands that a recipe makes for a file, as lines. */
import type { MethodOutput } from '../../../shared/contract.ts';
import { clean } from '../terminal/text.ts';

/** Nothing where nobody asked for them. */
export function commandLines(made: MethodOutput<'getCommands'> | undefined): string[] {
  if (made === undefined) return [];
  const { commands, looks, notes, isWhole, problem } = made;
  return [
    ...(commands.length === 0 ? ['It needs no tool for this file.'] : ['Its commands:', ...commands.map((line) => `  ${clean(line)}`)]),
    ...(looks.length === 0 ? [] : ['It looks at the file and its tools with:', ...looks.map((line) => `  ${clean(line)}`)]),
    ...(isWhole ? [] : ['There are more commands: the file is longer than a try of ten seconds.']),
    ...(notes.length === 0 ? [] : ['Notes:', ...notes.map((line) => `  ${clean(line)}`)]),
    ...(problem === null ? [] : [`It would fail: ${clean(problem.message)}`]), '',
  ];
}
