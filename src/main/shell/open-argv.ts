/** The files that a command line names: the system's own way to hand them over, also from a second start. */
import { fileURLToPath } from 'node:url';
import { isAbsolute, resolve } from 'node:path';

export interface CommandLine {
  readonly argv: readonly string[];
  readonly workingDir: string;
  /** The app's own folder, which Electron is started with in a checkout; null in a package. */
  readonly appDir: string | null;
}

/** Starts with no window: what the login item says. */
export const HIDDEN_SWITCH = '--hidden';

/** Anything with a scheme; a drive letter is shorter. */
const ADDRESS = /^[a-z][a-z\d+.-]+:/i;

/** Absolute paths, in their order. Switches (Chromium's own are among them) and addresses that are no files are left out: links are not trusted. */
export function filesIn({ argv, workingDir, appDir }: CommandLine): string[] {
  const named = argv.slice(1).filter((argument) => argument !== '' && !argument.startsWith('-'));
  return named.flatMap((argument) => pathOf(argument, workingDir) ?? []).filter((path) => path !== appDir);
}

function pathOf(argument: string, workingDir: string): string | null {
  if (isAbsolute(argument)) return argument;
  if (/^file:/i.test(argument)) return fromFileAddress(argument);
  return ADDRESS.test(argument) ? null : resolve(workingDir, argument);
}

/** Linux' file managers may give an address; of another machine's file, or not well formed, it names nothing here. */
function fromFileAddress(address: string): string | null {
  try {
    return fileURLToPath(address);
  } catch {
    return null;
  }
}
