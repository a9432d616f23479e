/** The text of help, made from the table of commands. */
import { COMMON_OPTIONS, type OptionTable } from './arguments.ts';
import type { Command } from './command.ts';

const EXIT_CODES = 'Exit codes: 0 done · 1 a task failed · 2 wrong usage · 3 another process owns the data folder and does not answer.';

/** The list of all commands. */
export function overview(commands: readonly Command[]): string[] {
  return [
    'Longhaul does media work that takes hours, and never loses it.', '',
    'Usage: longhaul COMMAND …', '',
    ...columns(commands.map(({ name, summary }) => [name, summary])), '',
    'Every command takes:',
    ...optionLines(COMMON_OPTIONS), '',
    '`longhaul help COMMAND` says more about one. `longhaul --version` prints the version.',
    EXIT_CODES,
  ];
}

/** One command in full. */
export function commandHelp(command: Command): string[] {
  return [
    `Usage: longhaul ${command.name} ${command.synopsis}`.trimEnd(), '',
    command.summary, '',
    ...optionLines({ ...command.options, ...COMMON_OPTIONS }),
    ...(command.notes === undefined ? [] : ['', ...command.notes]),
  ];
}

function optionLines(options: OptionTable): string[] {
  return columns(Object.entries(options).map(([name, { value, short, help, isRepeatable }]) => [
    `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    isRepeatable === true ? `${help} (may be repeated)` : help,
  ]));
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([left = '']) => left.length));
  return rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}`);
}
