/** A data folder, an engine on it in a process of its own that can be killed, and the book of what was promised. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { build } from 'esbuild';
import { connectLocal, type LocalClient } from '../../../src/main/local/client.ts';
import type { TaskErrorShape } from '../../../src/shared/errors.ts';
import type { Task } from '../../../src/shared/task.ts';
import { hostSaying, type HostOptions } from './host-options.ts';
import { script, type Script } from './script.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** A test that waits longer than this has failed. */
const DEADLINE_MS = 90_000;
const LOOK_MS = 10;

/** The bundled processes, below the checkout, where better-sqlite3 is found. */
export interface Code {
  /** With the scripted worker. */
  readonly scripted: string;
  /** With the product's worker. */
  readonly real: string;
}

/** Bundles once per test file; `remove` takes it away again. */
export async function bundle(): Promise<Code & { remove(): void }> {
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const dir = mkdtempSync(join(ROOT, '.cache', 'faults-'));
  const common = { host: 'e2e/faults/support/engine-host.ts', 'store-thread': 'src/main/engine/store/thread.ts' };
  const make = async (name: string, worker: string): Promise<string> => {
    const outdir = join(dir, name);
    await build({
      absWorkingDir: ROOT, bundle: true, platform: 'node', format: 'esm', target: 'node22.13', logLevel: 'warning', outdir,
      entryPoints: Object.entries({ ...common, worker }).map(([out, source]) => ({ out, in: source })),
      external: ['better-sqlite3', 'electron'],
      banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    });
    writeFileSync(join(outdir, 'package.json'), '{"type":"module"}');
    return outdir;
  };
  const [scripted, real] = await Promise.all([make('scripted', 'e2e/faults/support/scripted-worker.ts'), make('real', 'src/main/engine/workers/entry.ts')]);
  return { scripted, real, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

export interface RigOptions {
  readonly code: string;
  /** Folders elsewhere (on a disk that will fail); else below the rig's own. */
  readonly dataDir?: string;
  readonly outDir?: string;
  readonly concurrency?: number;
  readonly speed?: number;
  readonly tools?: HostOptions['tools'];
  readonly env?: Readonly<Record<string, string>>;
}

/** A task that was acknowledged. */
export interface Promised {
  readonly id: number;
  readonly script: Script;
}

export class Rig {
  readonly dir = mkdtempSync(join(tmpdir(), 'longhaul-faults-'));
  readonly dataDir: string;
  readonly outDir: string;
  readonly promised: Promised[] = [];
  /** All that was ever asked for, by input: what a kill took before the answer may be there or not, but once. */
  readonly asked = new Map<string, Script>();
  readonly #options: RigOptions;
  readonly #engines = new Set<RunningEngine>();
  #names = 0;

  constructor(options: RigOptions) {
    this.#options = options;
    this.dataDir = options.dataDir ?? join(this.dir, 'data');
    this.outDir = options.outDir ?? join(this.dir, 'out');
    for (const folder of [join(this.dir, 'in'), join(this.dir, 'ledger'), this.outDir]) mkdirSync(folder, { recursive: true });
  }

  /** Starts the engine; does not wait until it is open. */
  start(env: Readonly<Record<string, string>> = {}): RunningEngine {
    const { code, concurrency = 2, speed = 1, tools = NO_TOOLS } = this.#options;
    const options: HostOptions = { dataDir: this.dataDir, recipesDir: join(ROOT, 'resources', 'recipes'), concurrency, speed, tools };
    const child = spawn(process.execPath, [join(code, 'host.js'), JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...this.#options.env, ...env } });
    const engine = new RunningEngine(child, this.dataDir);
    this.#engines.add(engine);
    void engine.ended.then(() => this.#engines.delete(engine));
    return engine;
  }

  /** For folders on small disks: work is not to wait for half a gigabyte of free space. */
  async ignoreFreeSpace(): Promise<void> {
    const engine = this.start();
    const { api } = await engine.client();
    await api.setSetting({ name: 'holdBelowFreeMb', value: '0' });
    await engine.close();
  }

  /** An input file for a scripted task. */
  makeInput(more: Partial<Omit<Script, 'ledger' | 'name'>> = {}): { path: string; script: Script } {
    this.#names += 1;
    const name = `t${this.#names}`;
    const orders = script.parse({ name, ledger: join(this.dir, 'ledger', name), ...more });
    const path = join(this.dir, 'in', `${name}.json`);
    writeFileSync(path, JSON.stringify(orders));
    this.asked.set(path, orders);
    return { path, script: orders };
  }

  /** Adds scripted tasks; they are promised once the engine has acknowledged them. */
  async add(api: LocalClient['api'], count: number, more: Partial<Omit<Script, 'ledger' | 'name'>> = {}): Promise<Promised[]> {
    const inputs = Array.from({ length: count }, () => this.makeInput(more));
    const { tasks } = await api.addTasks({ tasks: inputs.map(({ path }) => ({ input: path, recipe: 'thumbnail', outputDir: this.outDir })) });
    const added = tasks.flatMap(({ id }, at) => (inputs[at] === undefined ? [] : [{ id, script: inputs[at].script }]));
    this.promised.push(...added);
    return added;
  }

  /** Ends what still runs. */
  async stop(): Promise<void> {
    await Promise.all([...this.#engines].map((engine) => engine.kill()));
  }

  /** Ends what still runs and removes the folder. */
  async leave(): Promise<void> {
    await this.stop();
    // Workers end by themselves when their engine is gone, a moment later.
    for (let tries = 0; tries < 20; tries += 1) {
      try {
        rmSync(this.dir, { recursive: true, force: true });
        return;
      } catch {
        await wait(100);
      }
    }
  }
}

const NO_TOOLS: HostOptions['tools'] = { ffmpegPath: '/none', ffprobePath: '/none', whisperCliPath: null, libreOfficePath: null, bundledModelsDir: '/none', modelsDir: '/none' };

/** The engine's process, and what it has said so far. */
export class RunningEngine {
  readonly startedMs = performance.now();
  readonly completed: number[] = [];
  readonly troubles: (TaskErrorShape | null)[] = [];
  refusal: TaskErrorShape | undefined;
  rescued = 0;
  /** From its start to the first task that it began; undefined: none yet. */
  firstBeganMs: number | undefined;
  openedMs: number | undefined;
  stderr = '';
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #dataDir: string;
  #isOpen = false;
  #hasEnded = false;
  #client: LocalClient | undefined;

  constructor(child: ChildProcess, dataDir: string) {
    this.#child = child;
    this.#dataDir = dataDir;
    this.ended = new Promise((resolve) => child.once('close', () => {
      this.#hasEnded = true;
      resolve();
    }));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => { this.stderr = (this.stderr + text).slice(-10_000); });
    child.stdin?.on('error', () => undefined);
    if (child.stdout !== null) createInterface(child.stdout).on('line', (line) => this.#hear(line));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Settles when it is open; rejects when it ends before. */
  async opened(): Promise<this> {
    await until('the engine is open', () => this.#isOpen || this.#hasEnded || this.refusal !== undefined);
    if (!this.#isOpen) throw new Error(`The engine did not open: ${JSON.stringify(this.refusal)} ${this.stderr}`);
    return this;
  }

  /** Its contract over the local socket. */
  async client(): Promise<LocalClient> {
    await this.opened();
    if (this.#client !== undefined) return this.#client;
    const client = await connectLocal({ dataDir: this.#dataDir });
    if (client === null) throw new Error('Nobody listens on the local socket.');
    void client.over.then(() => { this.#client = undefined; });
    return (this.#client = client);
  }

  /** kill -9; settles when it is gone and all that it said has been heard. */
  async kill(): Promise<void> {
    this.#client?.close();
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  /** As a quit. */
  async close(): Promise<void> {
    this.#client?.close();
    this.#child.kill('SIGTERM');
    await this.ended;
  }

  #hear(line: string): void {
    const said = hostSaying.safeParse(parse(line)).data;
    switch (said?.kind) {
      case undefined:
        return;
      case 'open':
        this.#isOpen = true;
        this.rescued = said.rescued;
        this.openedMs = performance.now() - this.startedMs;
        return;
      case 'began':
        this.firstBeganMs ??= performance.now() - this.startedMs;
        return;
      case 'completed':
        this.completed.push(said.id);
        return;
      case 'trouble':
        this.troubles.push(said.trouble);
        return;
      case 'refused':
        this.refusal = said.error;
    }
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Looks until it holds, and says what did not come to pass. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, deadlineMs = DEADLINE_MS): Promise<void> {
  for (const end = performance.now() + deadlineMs; performance.now() < end; await wait(LOOK_MS)) {
    if (await holds()) return;
  }
  throw new Error(`This did not come to pass: ${what}.`);
}

/** Every task there is, whatever its state. */
export async function allTasks(api: LocalClient['api']): Promise<Task[]> {
  const { tasks } = await api.listTasks({ limit: 100_000 });
  return tasks;
}

/** Settles when nothing runs and nothing will by itself. */
export async function untilIdle(api: LocalClient['api'], deadlineMs = DEADLINE_MS): Promise<void> {
  await until('all work is done', async () => (await api.getStatus({})).isIdle, deadlineMs);
}

/** The processes that a process has started and that still live (Linux). */
export function childrenOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.flatMap((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter((text) => text !== '').map(Number));
}
