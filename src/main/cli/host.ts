/** What a command may know and use of the process it runs in. */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { chosenDataDir } from '../host/data-dir.ts';
import { SHOW_CURSOR } from './terminal/escapes.ts';

/** Where text goes. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Columns of the terminal; endless elsewhere. */
  readonly columns: () => number;
  readonly rows: () => number;
}

export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
  /** Relative paths start here. */
  readonly workingDir: string;
  readonly out: Output;
  readonly err: Output;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly version: string;
  /** Folder of the built files: worker.js and store-thread.js lie there. */
  readonly builtDir: string;
  readonly resourcesDir: string;
  /** Aborted at the first SIGINT or SIGTERM, or when the terminal closes, once a command listens. The second one ends the process. */
  readonly listenForStop: () => AbortSignal;
}

/** The data folder to use, absolute: `--data`, else LONGHAUL_DATA, else the default. */
export function dataDirOf(host: Host, given: string | undefined): string {
  return given === undefined || given === '' ? chosenDataDir(host, host.workingDir) : resolve(host.workingDir, given);
}

/** Facts of this process. npm changes the folder it runs scripts in and tells where the user was. */
export function processHost(version: string, builtDir: string, resourcesDir: string): Host {
  const { env, platform } = process;
  const initial = env['npm_lifecycle_event'] === 'longhaul' ? env['INIT_CWD'] : undefined;
  return {
    env, platform, homeDir: homedir(), workingDir: initial ?? process.cwd(), version, builtDir, resourcesDir,
    out: outputOf(process.stdout), err: outputOf(process.stderr),
    now: () => Date.now(), random: () => Math.random(),
    listenForStop,
  };
}

/** The size of the first terminals, which every later one can show. */
const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

function outputOf(stream: NodeJS.WriteStream): Output {
  // A reader that has seen enough (`| head`) closes the pipe: what is still written then is of no use to anybody.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    write: (text) => { stream.write(text); },
    isTerminal: stream.isTTY && process.env['TERM'] !== 'dumb',
    // Some terminals say 0 until they know their size.
    columns: () => (stream.isTTY ? stream.columns || USUAL_COLUMNS : Number.POSITIVE_INFINITY),
    rows: () => (stream.isTTY ? stream.rows || USUAL_ROWS : Number.POSITIVE_INFINITY),
  };
}

/** 128 + SIGINT's number: what shells report for an interrupted program. */
const INTERRUPTED_EXIT_CODE = 130;

function listenForStop(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) {
      // Progress bars hide the cursor, and their own end is not waited for.
      if (process.stderr.isTTY) process.stderr.write(SHOW_CURSOR);
      process.exit(INTERRUPTED_EXIT_CODE);
    }
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  // A terminal that closes. Node undoes nohup's wish to be spared, so output that goes elsewhere is taken for that wish.
  process.on('SIGHUP', () => {
    if (process.stderr.isTTY) stop();
  });
  return controller.signal;
}
