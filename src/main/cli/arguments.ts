/** Reads a command line by a command's own table of options. */
import { parseArgs } from 'node:util';
import { didYouMean } from '../../shared/nearest.ts';
import { usage } from './values.ts';

export interface OptionSpec {
  /** What the option takes, as help prints it: `NAME`. None: it is a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly isRepeatable?: boolean;
  readonly short?: string;
  readonly help: string;
}
export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** Options that every command has. */
export const COMMON_OPTIONS: OptionTable = {
  data: { value: 'DIR', help: 'the data folder (or LONGHAUL_DATA)' },
  json: { help: 'print JSON for programs' },
  help: { short: 'h', help: 'print how the command is used' },
};

/** What was given, by name. */
export class GivenOptions {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  /** Whether the option stands there. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The last value given. */
  last(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  /** All values, in their order. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
}

/** The command's name (null: none was given) and the rest without it. Options may stand before the command. */
export function splitCommand(args: readonly string[]): { name: string | null; rest: string[] } {
  const { tokens } = parseArgs({ args: [...args], options: toParseArgs(COMMON_OPTIONS), strict: false, allowPositionals: true, tokens: true });
  const first = tokens.find(({ kind }) => kind === 'positional');
  if (first?.kind !== 'positional') return { name: null, rest: [...args] };
  return { name: first.value, rest: args.filter((_, index) => index !== first.index) };
}

/** Throws USAGE on unknown options, missing values and repeated single ones. After `--` nothing is an option. */
export function parseArguments(args: readonly string[], own: OptionTable): { positionals: string[]; options: GivenOptions } {
  const table: OptionTable = { ...COMMON_OPTIONS, ...own };
  const { tokens } = parseArgs({ args: [...args], options: toParseArgs(table), strict: false, allowPositionals: true, tokens: true });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const before = values.get(token.name) ?? [];
    const spec = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
    const value = readValue(token.rawName, token.value, spec, Object.keys(table));
    if (before.length > 0 && spec?.value !== undefined && spec.isRepeatable !== true) throw usage(`${token.rawName} can be given once.`);
    values.set(token.name, [...before, value]);
  }
  return { positionals, options: new GivenOptions(values) };
}

function readValue(rawName: string, value: string | undefined, spec: OptionSpec | undefined, known: readonly string[]): string {
  if (spec === undefined) throw usage(`There is no option ${rawName}. ${didYouMean(rawName, known.map((name) => `--${name}`))}`);
  if (spec.value !== undefined && value === undefined) throw usage(`${rawName} needs a value: ${rawName} ${spec.value}.`);
  if (spec.value === undefined && value !== undefined) throw usage(`${rawName} takes no value.`);
  return value ?? '';
}

function toParseArgs(table: OptionTable): Record<string, { type: 'string' | 'boolean'; multiple: boolean; short?: string }> {
  return Object.fromEntries(Object.entries(table).map(([name, { value, short }]) => {
    const type: 'string' | 'boolean' = value === undefined ? 'boolean' : 'string';
    return [name, { type, multiple: true, ...(short === undefined ? {} : { short }) }];
  }));
}
