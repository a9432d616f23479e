/** What a command of the command line is. commands.ts lists them all. */
import type { GivenOptions, OptionTable } from './arguments.ts';
import type { Host } from './host.ts';

export interface Command {
  readonly name: string;
  /** What stands behind the name, as help prints it: `FILE… --recipe NAME`. */
  readonly synopsis: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  readonly options: OptionTable;
  /** Further lines of its help. */
  readonly notes?: readonly string[];
  /** Gives the exit code. What it throws is printed and decides the code. */
  run(call: Call): Promise<number>;
}

/** One use of a command. */
export interface Call {
  readonly host: Host;
  readonly positionals: readonly string[];
  readonly options: GivenOptions;
  /** Absolute. */
  readonly dataDir: string;
  readonly isJson: boolean;
}

/** 0: done. 1: a task failed, or the command could not do it. 2: wrong usage. 3: another process owns the folder and does not answer. */
export const EXIT = { done: 0, failed: 1, usage: 2, owned: 3, interrupted: 130 } as const;

/** Prints one JSON value on a line of its own. */
export function printJson(host: Host, value: unknown): void {
  host.out.write(`${JSON.stringify(value)}\n`);
}

/** Prints lines for people. */
export function printLines(host: Host, lines: readonly string[]): void {
  if (lines.length > 0) host.out.write(`${lines.join('\n')}\n`);
}
