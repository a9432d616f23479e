/** Runs the built command line as its users do, each test in folders of its own. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as z from 'zod';
import { task as taskSchema, type Task } from '../../src/shared/task.ts';
import { programPath } from '../support/program.ts';

const execute = promisify(execFile);

/** The bundled clip with spoken words. */
export const SAMPLE = join(import.meta.dirname, '../../resources/samples/longhaul-sample.mp4');

/** The machine is shared and slow at times; a test that waits this long has failed. */
const DEADLINE_MS = 60_000;
const POLL_MS = 50;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that was started and may still run. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly stderr: () => string;
  /** To the program and all it started, as a terminal does it. */
  readonly pressCtrlC: () => void;
}

/** One user: a data folder, an output folder, and the commands on them. */
export class User {
  readonly dir = mkdtempSync(join(tmpdir(), 'longhaul-cli-'));
  readonly dataDir = join(this.dir, 'data');
  readonly outDir = join(this.dir, 'out');
  /** Added to the environment of the commands. */
  readonly env: Record<string, string> = {};
  readonly #running = new Set<ChildProcess>();

  /** Starts `longhaul …`. LONGHAUL_CLI names another build of it than this checkout's. */
  start(...args: string[]): Running {
    const child = spawn(process.execPath, [process.env['LONGHAUL_CLI'] ?? programPath(), ...args], {
      cwd: this.dir, env: { ...process.env, LONGHAUL_DATA: this.dataDir, npm_lifecycle_event: '', ...this.env }, stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, as a shell gives it: Ctrl-C goes to every process in it.
      detached: true,
    });
    this.#running.add(child);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code, signal) => {
        this.#running.delete(child);
        resolve({ code, signal, stdout, stderr });
      });
    });
    return { child, ended, stderr: () => stderr, pressCtrlC: () => { if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT'); } };
  }

  /** Runs `longhaul …` to its end. */
  async run(...args: string[]): Promise<Ended> {
    return this.start(...args).ended;
  }

  /** Runs `longhaul … --json`, which must go well. */
  async json<T>(schema: z.ZodType<T>, ...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run('--json', ...args);
    if (code !== 0) throw new Error(`longhaul ${args.join(' ')} ended with ${String(code)}: ${stdout}${stderr}`);
    return schema.parse(JSON.parse(stdout));
  }

  /** Adds one file with one recipe; results go to the output folder. */
  async add(file: string, recipe: string, ...more: string[]): Promise<number> {
    const { tasks } = await this.json(briefs, 'add', '--recipe', recipe, '--out', this.outDir, ...more, '--', file);
    return z.int().parse(tasks[0]?.id);
  }

  async show(id: number): Promise<Task> {
    return this.json(taskSchema, 'show', String(id));
  }

  async list(...args: string[]): Promise<{ tasks: Task[]; total: number }> {
    return this.json(z.object({ tasks: z.array(taskSchema), total: z.int() }), 'list', ...args);
  }

  /** Starts `longhaul run` and waits until it runs the engine for this folder. */
  async startEngine(...args: string[]): Promise<Running> {
    const running = this.start('run', ...args);
    await until('the engine serves its folder', () => {
      if (running.child.exitCode !== null) throw new Error(`run ended: ${running.stderr()}`);
      return existsSync(join(this.dataDir, 'engine.json'));
    });
    return running;
  }

  /** Ends what still runs and removes the folders. */
  async leave(): Promise<void> {
    await Promise.all([...this.#running].map(async (child) => {
      const closed = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      await closed;
    }));
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export const briefs = z.object({ tasks: z.array(z.object({ id: z.int(), type: z.string(), status: z.string() })) });
export const failure = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Polls until it holds, and says what did not come to pass. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; await wait(POLL_MS)) {
    if (await holds()) return;
  }
  throw new Error(`This did not come to pass: ${what}.`);
}

/** A still picture's worth of film with a tone: seconds long, made in a moment. */
export async function makeClip(path: string, seconds: number, { size = '160x120', rate = 10 }: { size?: string; rate?: number } = {}): Promise<string> {
  await execute(process.env['LONGHAUL_FFMPEG'] ?? 'ffmpeg', [
    '-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=${String(rate)}:duration=${String(seconds)}`, '-f', 'lavfi', '-i', `sine=frequency=300:duration=${String(seconds)}`,
    '-c:v', 'libx264', '-preset', 'ultrafast', '-g', String(rate * 2), '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-threads', '1', '-f', 'mp4', `file:${path}`,
  ]);
  return path;
}

/** A tone alone. */
export async function makeTone(path: string, seconds: number): Promise<string> {
  await execute(process.env['LONGHAUL_FFMPEG'] ?? 'ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', `sine=frequency=300:duration=${String(seconds)}`, '-f', 'wav', `file:${path}`]);
  return path;
}
