/**
 * Takes the place of worker_threads' Worker in the compat build: the same thread, inside a Node 24 child of Electron 22, because
 * better-sqlite3 13 needs a newer Node-API than that Electron has. The child is node24-relay.mjs.
 *
 * Messages travel as JSON. `serialization: 'advanced'` would be closer to a thread's, but the buffers it makes corrupt Electron 22's
 * memory as soon as they are large: main ends with SIGILL or SIGTRAP a few seconds later.
 */
import { fork, type ChildProcess, type Serializable } from 'node:child_process';
import { EventEmitter } from 'node:events';

interface FromRelay {
  readonly message?: unknown;
  readonly error?: { readonly message: string; readonly stack?: string };
  readonly exitCode?: number;
}

/** As much of Worker as the store's connection uses. */
export class Worker extends EventEmitter {
  readonly #child: ChildProcess;
  #hasExited = false;

  constructor(path: string, options: { readonly workerData?: object } = {}) {
    super();
    // The bell's shared memory can't leave the process: JSON makes an empty object of it, and the relay hangs up its own.
    this.#child = fork(environment('LONGHAUL_E2E_RELAY'), [path, JSON.stringify(options.workerData ?? null)], {
      execPath: environment('LONGHAUL_E2E_NODE'), execArgv: [],
    });
    this.#child.on('message', (said: FromRelay) => {
      if (said.exitCode !== undefined) this.#exit(said.exitCode);
      else if (said.error !== undefined) this.emit('error', Object.assign(new Error(said.error.message), said.error));
      else this.emit('message', said.message);
    });
    this.#child.on('error', (error) => this.emit('error', error));
    this.#child.on('exit', (code) => this.#exit(code ?? 1));
  }

  /** Messages of a thread that is gone are dropped, as Worker does it. */
  postMessage(message: Serializable): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  terminate(): Promise<number> {
    this.#child.kill('SIGKILL');
    return Promise.resolve(1);
  }

  #exit(code: number): void {
    if (this.#hasExited) return;
    this.#hasExited = true;
    this.emit('exit', code);
  }
}

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: the compat build runs under its tests only.`);
  return value;
}
