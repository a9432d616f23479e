/** Runs a tool as a child that can't outlive us: the one place of the media folder that starts processes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';
import { Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import { TaskError } from '../../../shared/errors.ts';

export interface ToolRun {
  /** Absolute path of the program. */
  readonly path: string;
  readonly args: readonly string[];
  /** Ends the child: SIGTERM, then SIGKILL. runTool then throws the signal's reason. */
  readonly signal: AbortSignal;
  /** Raw standard output; the child is held back while the promise is open. Without it, stdout is returned as text. */
  readonly onStdout?: (chunk: Buffer) => void | Promise<void>;
  readonly onStdoutLine?: (line: string) => void;
  /** Lines end at \n or \r, as FFmpeg's progress does. */
  readonly onStderrLine?: (line: string) => void;
  /** Longest silence on both outputs before the child counts as stuck, in ms. Off when absent. */
  readonly stallMs?: number;
  /** Longest run, in ms. Off when absent. */
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ToolResult {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly exitSignal: NodeJS.Signals | null;
  /** Whole when neither onStdout nor onStdoutLine was given. */
  readonly stdout: string;
  /** The last lines, at most STDERR_TAIL_CHARS characters. */
  readonly stderrTail: string;
}

/** Hears of every child of this process, so that a later start can end what a crash left behind. */
export interface ToolObserver {
  started(pid: number, command: { readonly path: string; readonly args: readonly string[] }): void;
  ended(pid: number): void;
}

/** From SIGTERM to SIGKILL: FFmpeg ends within 100 ms of a SIGTERM; one that does not is stuck in the kernel or in a filter. */
const KILL_AFTER_MS = 2000;
/** Enough for the lines in which a tool says what is wrong. */
const STDERR_TAIL_CHARS = 8000;
/** Metadata of the largest sources is a few MB; beyond this the caller should have streamed. */
const STDOUT_LIMIT_CHARS = 256_000_000;
/** A line longer than this is not a message but binary noise; it is cut. */
const LINE_LIMIT_CHARS = 1_000_000;
/** util-linux on every Linux distribution; asks the kernel to kill the tool when the thread that spawned it ends. */
const SETPRIV_PATHS = ['/usr/bin/setpriv', '/bin/setpriv'];

let observer: ToolObserver | undefined;

/** Registers who hears of children; one per process. Returns what ends it. */
export function observeTools(next: ToolObserver): () => void {
  observer = next;
  return () => {
    if (observer === next) observer = undefined;
  };
}

/**
 * Runs a tool to its end. A non-zero exit is a result, not an error: the caller knows what it means.
 * Throws the signal's reason, TOOL_MISSING, or TOOL_STUCK (retryable) after stallMs or timeoutMs.
 */
export async function runTool(run: ToolRun): Promise<ToolResult> {
  run.signal.throwIfAborted();
  const child = start(run);
  const stop = new Stopper(child, run);
  try {
    const stdout = new Lines(run.onStdoutLine);
    const stderr = new Lines(run.onStderrLine, true);
    const text: string[] = [];
    let textLength = 0;
    const decoder = new StringDecoder('utf8');
    const consumed = run.onStdout && child.stdout ? consume(child.stdout, run.onStdout).catch((error: unknown) => stop.because(error)) : Promise.resolve();
    child.stdout?.on('data', (chunk: Buffer) => {
      stop.beat();
      if (run.onStdout) return;
      if (run.onStdoutLine) stdout.push(chunk);
      else {
        textLength += chunk.length;
        if (textLength > STDOUT_LIMIT_CHARS) stop.because(new TaskError('TOOL_FAILED', `${basename(run.path)} printed more than ${STDOUT_LIMIT_CHARS} bytes.`));
        else text.push(decoder.write(chunk));
      }
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      stop.beat();
      stderr.push(chunk);
    });
    const { exitCode, exitSignal } = await ended(child, run.path);
    await consumed;
    stdout.end();
    stderr.end();
    stop.throwIfStopped();
    return { exitCode, exitSignal, stdout: text.join('') + decoder.end(), stderrTail: stderr.tail };
  } finally {
    stop.dispose();
  }
}

/**
 * One chunk at a time. Through a Writable, whose queue keeps the order: pausing the stream itself does not hold, because Node
 * resumes a child's streams when it exits.
 */
function consume(stdout: Readable, take: (chunk: Buffer) => void | Promise<void>): Promise<void> {
  const taker = new Writable({
    write(chunk: Buffer, _encoding, done) {
      Promise.resolve(chunk).then(take).then(() => done(), done);
    },
  });
  return pipeline(stdout, taker);
}

/** The part of an exit that belongs into an error's details. */
export function describeExit(result: ToolResult): string {
  const how = result.exitSignal === null ? `exit code ${result.exitCode}` : `signal ${result.exitSignal}`;
  return `${how}\n${result.stderrTail}`.trim();
}

/**
 * Work that takes hours gives way to whoever sits at the machine, the window included; on an idle machine that costs nothing. Who was started
 * with `nice` gives way at least as far. A tool that has ended already can't be asked.
 */
function stepBack(pid: number): void {
  try {
    setPriority(pid, Math.max(constants.priority.PRIORITY_BELOW_NORMAL, getPriority()));
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && (thrown.code === 'ESRCH' || thrown.code === 'EACCES' || thrown.code === 'EPERM' || thrown.code === 'ERR_SYSTEM_ERROR'))) throw thrown;
  }
}

function start(run: ToolRun): ChildProcess {
  const setpriv = process.platform === 'linux' ? SETPRIV_PATHS.find((path) => existsSync(path)) : undefined;
  const [file, args] = setpriv === undefined ? [run.path, run.args] : [setpriv, ['--pdeathsig', 'KILL', '--', run.path, ...run.args]];
  if (!existsSync(run.path)) throw missing(run.path);
  const child = spawn(file, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
    ...(run.env === undefined ? {} : { env: { ...process.env, ...run.env } }),
  });
  const pid = child.pid;
  if (pid !== undefined) {
    stepBack(pid);
    observer?.started(pid, run);
    child.once('exit', () => observer?.ended(pid));
    if (setpriv === undefined && process.platform !== 'win32') guard(child, pid);
  }
  return child;
}

/**
 * Where the kernel has no parent-death signal: a shell that waits on a pipe of ours and kills the tool when we are gone.
 * (Windows has neither; there the sweep at the next start ends what is left.)
 */
function guard(child: ChildProcess, pid: number): void {
  const watchdog = spawn('/bin/sh', ['-c', 'read -r _; kill -KILL "$1"', 'sh', String(pid)], { stdio: ['pipe', 'ignore', 'ignore'] });
  watchdog.on('error', () => undefined);
  watchdog.unref();
  child.once('exit', () => watchdog.kill('SIGKILL'));
}

function ended(child: ChildProcess, path: string): Promise<{ exitCode: number | null; exitSignal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject('code' in cause && cause.code === 'ENOENT' ? missing(path) : new TaskError('TOOL_FAILED', `${basename(path)} could not be started: ${cause.message}`, { cause, retryable: true })));
    child.once('close', (exitCode, exitSignal) => resolve({ exitCode, exitSignal }));
  });
}

function missing(path: string): TaskError {
  return new TaskError('TOOL_MISSING', `${path} is not there. Run the set-up again, or see what \`longhaul doctor\` says.`);
}

/** Ends a child for the first of: the signal, a stall, a time-out, a fault of the caller's. */
class Stopper {
  readonly #child: ChildProcess;
  readonly #run: ToolRun;
  readonly #timers: NodeJS.Timeout[] = [];
  #stall: NodeJS.Timeout | undefined;
  #reason: { error: unknown } | undefined;

  constructor(child: ChildProcess, run: ToolRun) {
    this.#child = child;
    this.#run = run;
    run.signal.addEventListener('abort', this.#onAbort, { once: true });
    if (run.timeoutMs !== undefined) this.#timers.push(setTimeout(() => this.because(this.#stuck(`did not end within ${run.timeoutMs} ms`)), run.timeoutMs));
    this.beat();
  }

  /** The child has shown a sign of life. */
  beat(): void {
    const stallMs = this.#run.stallMs;
    if (stallMs === undefined) return;
    if (this.#stall) this.#stall.refresh();
    else this.#stall = setTimeout(() => this.because(this.#stuck(`printed nothing for ${stallMs} ms`)), stallMs);
  }

  because(error: unknown): void {
    if (this.#reason) return;
    this.#reason = { error };
    this.#child.stdout?.resume();
    this.#child.kill('SIGTERM');
    this.#timers.push(setTimeout(() => this.#child.kill('SIGKILL'), KILL_AFTER_MS));
  }

  throwIfStopped(): void {
    if (this.#reason) throw this.#reason.error;
  }

  dispose(): void {
    this.#run.signal.removeEventListener('abort', this.#onAbort);
    for (const timer of this.#timers) clearTimeout(timer);
    if (this.#stall) clearTimeout(this.#stall);
  }

  readonly #onAbort = (): void => this.because(this.#run.signal.reason);

  #stuck(what: string): TaskError {
    return new TaskError('TOOL_STUCK', `${basename(this.#run.path)} ${what} and was ended. The task tries again.`, { retryable: true });
  }
}

/** Bytes to lines, keeping the tail. */
class Lines {
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #decoder = new StringDecoder('utf8');
  readonly #keepsTail: boolean;
  #rest = '';
  tail = '';

  constructor(onLine: ((line: string) => void) | undefined, keepsTail = false) {
    this.#onLine = onLine;
    this.#keepsTail = keepsTail;
  }

  push(chunk: Buffer): void {
    const text = this.#decoder.write(chunk);
    if (this.#keepsTail) this.tail = (this.tail + text).slice(-STDERR_TAIL_CHARS);
    if (!this.#onLine) return;
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = (lines.pop() ?? '').slice(-LINE_LIMIT_CHARS);
    for (const line of lines) this.#onLine(line);
  }

  end(): void {
    if (this.#onLine && this.#rest !== '') this.#onLine(this.#rest);
    this.#rest = '';
  }
}
