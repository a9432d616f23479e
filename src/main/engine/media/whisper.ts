/** Drives whisper-cli: the one place that knows which program turns speech into text. A faster one can replace it here. */
import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { describeExit, runTool, type ToolResult } from './child.ts';
import { processorIdleShare } from './processor-idle.ts';
import { parseWhisperJson, type HeardWindow } from './whisper-output.ts';

/** What all windows of one recording have in common. */
export interface WhisperSetup {
  readonly whisperCliPath: string;
  readonly model: { readonly path: string; readonly sizeBytes: number };
  /** A code of WHISPER_LANGUAGES; `auto` only for models that know several. */
  readonly language: string;
  /** Translate to English. */
  readonly translate: boolean;
  readonly threads: number;
  /** The windows' WAV files stand here, and the results meanwhile. */
  readonly dir: string;
  readonly signal: AbortSignal;
  /** Longest wait for the model, in ms; for tests. */
  readonly startLimitMs?: number;
}

/** Names are ASCII and without folders: they are given to a program that may take others amiss. */
export interface WindowFile {
  readonly wavName: string;
}

/**
 * fast: the likeliest token each time; each window is independent of all others, so a resumed transcript equals one in a go.
 * beam: the likeliest of five sentences. sampled: whisper.cpp's own ladder of rising temperatures.
 */
export type Decoding = 'fast' | 'beam' | 'sampled';

const DECODING_ARGUMENTS: Readonly<Record<Decoding, readonly string[]>> = {
  fast: ['-bs', '1', '-bo', '1', '-nf'],
  beam: ['-bs', '5', '-bo', '5', '-nf'],
  sampled: ['-bs', '1', '-bo', '5', '-tp', '0.2', '-tpi', '0.2'],
};
/**
 * OpenMP's threads spin while they wait for one another (gcc.gnu.org/onlinedocs/libgomp, OMP_WAIT_POLICY). That is the fastest on a
 * machine that is otherwise idle: 26 s of speech took 1.7 s, and 2.6 s when they sleep instead. Beside other work the one that is waited
 * for gets no processor: 8.7–13.3 s, and 2.6–2.9 s asleep.
 */
const THREADS_SLEEP = { OMP_WAIT_POLICY: 'PASSIVE' };
/** With less of the processor free than this other work is there. */
const IDLE_SHARE = 0.7;

/** Loading reads the whole file: a slow disk gives 10 MB/s; a minute more for the rest on a busy machine. */
const START_MS = 60_000;
const START_MS_PER_MB = 100;
/**
 * A window of 30 s takes a second with the tiny model (43 MB) and four minutes with the large one (3 GB) on one slow core.
 * Ten to twenty times that is stuck.
 */
const WINDOW_MS = 120_000;
const WINDOW_MS_PER_MB = 1500;

/**
 * Hears all files with one process that loads the model once. onHeard gets each result as soon as it is complete, in order; the
 * next waits for its promise. Throws MODEL_DAMAGED, TOOL_STUCK, TOOL_FAILED, the signal's reason or what onHeard throws.
 */
export async function hearWindows(setup: WhisperSetup, files: readonly WindowFile[], decoding: Decoding, onHeard: (index: number, heard: HeardWindow) => Promise<void>): Promise<void> {
  const watch = new Watch(setup);
  const delivery = new Delivery(setup, files, onHeard, (error) => watch.stop(error));
  try {
    const result = await runTool({
      path: setup.whisperCliPath,
      args: hearArguments(setup, files, decoding),
      cwd: setup.dir,
      env: await threadsEnv(setup),
      signal: watch.signal,
      onStderrLine: (line) => {
        const name = /processing '([^']+)'/.exec(line)?.[1];
        if (name === undefined) return;
        watch.windowStarted();
        delivery.started(name);
      },
      onStdoutLine: () => undefined,
    });
    if (result.exitCode !== 0) throw translateFailure(setup, result);
    delivery.ended();
    await delivery.done();
  } finally {
    watch.dispose();
    await delivery.settled();
    await Promise.all(files.map(({ wavName }) => rm(join(setup.dir, jsonName(wavName)), { force: true })));
  }
}

/** The language of each file by its first 30 s, with its probability. Files that Whisper could not judge are left out. */
export async function detectLanguages(setup: WhisperSetup, files: readonly WindowFile[]): Promise<{ language: string; probability: number }[]> {
  const watch = new Watch(setup);
  const found: { language: string; probability: number }[] = [];
  try {
    const result = await runTool({
      path: setup.whisperCliPath,
      args: ['-m', setup.model.path, '-t', String(setup.threads), '-dl', '-l', 'auto', ...files.flatMap(({ wavName }) => ['-f', wavName])],
      cwd: setup.dir,
      env: await threadsEnv(setup),
      signal: watch.signal,
      onStderrLine: (line) => {
        if (line.includes("processing '")) watch.windowStarted();
        const match = /auto-detected language: ([a-z]+) \(p = ([\d.]+)\)/.exec(line);
        if (match?.[1] !== undefined) found.push({ language: match[1], probability: Number(match[2]) });
      },
      onStdoutLine: () => undefined,
    });
    if (result.exitCode !== 0) throw translateFailure(setup, result);
    return found;
  } finally {
    watch.dispose();
  }
}

/** Looked at for each start: what else the machine does changes over an hour of speech. */
async function threadsEnv({ threads, signal }: WhisperSetup): Promise<Record<string, string>> {
  if (threads === 1) return {};
  return (await processorIdleShare(signal)) < IDLE_SHARE ? THREADS_SLEEP : {};
}

/** Memory that whisper-cli takes with a model, by whisper.cpp's own table: 273 MB for the 75 MB tiny, 3.9 GB for the 2.9 GB large. */
export function modelMemoryBytes(modelBytes: number): number {
  return 200_000_000 + 1.27 * modelBytes;
}

/** `-ojf`: JSON with the times of tokens. Never `-nt`: it changes what is decoded. One `-of` for each `-f`. */
function hearArguments(setup: WhisperSetup, files: readonly WindowFile[], decoding: Decoding): string[] {
  return [
    '-m', setup.model.path, '-t', String(setup.threads), '-l', setup.language, ...(setup.translate ? ['-tr'] : []),
    '-ojf', ...DECODING_ARGUMENTS[decoding],
    ...files.flatMap(({ wavName }) => ['-f', wavName, '-of', jsonName(wavName).replace(/\.json$/, '')]),
  ];
}

function jsonName(wavName: string): string {
  return `${basename(wavName, '.wav')}.json`;
}

/** Limits the wait for the model and for each window. */
class Watch {
  readonly #setup: WhisperSetup;
  readonly #own = new AbortController();
  readonly signal: AbortSignal;
  #timer: NodeJS.Timeout;

  constructor(setup: WhisperSetup) {
    this.#setup = setup;
    this.signal = AbortSignal.any([setup.signal, this.#own.signal]);
    const limitMs = setup.startLimitMs ?? START_MS + START_MS_PER_MB * megabytes(setup);
    this.#timer = this.#stopAfter(limitMs, `did not load the model ${basename(setup.model.path)} within ${Math.round(limitMs / 1000)} s. If it happens again, the model file is damaged: remove it and add it anew with \`longhaul models\`.`);
  }

  windowStarted(): void {
    clearTimeout(this.#timer);
    const limitMs = WINDOW_MS + WINDOW_MS_PER_MB * megabytes(this.#setup);
    this.#timer = this.#stopAfter(limitMs, `worked on half a minute of speech for more than ${Math.round(limitMs / 1000)} s and was ended. The task tries again.`);
  }

  stop(error: unknown): void {
    this.#own.abort(error);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #stopAfter(limitMs: number, what: string): NodeJS.Timeout {
    return setTimeout(() => this.stop(new TaskError('TOOL_STUCK', `whisper-cli ${what}`, { retryable: true })), limitMs);
  }
}

/** Hands on results one after another: a file's result is complete when the next file's turn comes or the program has ended. */
class Delivery {
  readonly #setup: WhisperSetup;
  readonly #files: readonly WindowFile[];
  readonly #onHeard: (index: number, heard: HeardWindow) => Promise<void>;
  #complete = 0;
  #chain: Promise<void> = Promise.resolve();

  constructor(setup: WhisperSetup, files: readonly WindowFile[], onHeard: (index: number, heard: HeardWindow) => Promise<void>, onError: (error: unknown) => void) {
    this.#setup = setup;
    this.#files = files;
    this.#onHeard = onHeard;
    this.#onError = onError;
  }

  readonly #onError: (error: unknown) => void;

  started(wavName: string): void {
    const index = this.#files.findIndex((file) => file.wavName === wavName);
    if (index > this.#complete) this.#deliverUpTo(index);
  }

  ended(): void {
    this.#deliverUpTo(this.#files.length);
  }

  done(): Promise<void> {
    return this.#chain;
  }

  /** Waits for what is being handed on; its error, if any, has been reported by then. */
  async settled(): Promise<void> {
    await this.#chain.catch(() => undefined);
  }

  #deliverUpTo(end: number): void {
    const begin = this.#complete;
    this.#complete = end;
    this.#chain = this.#chain.then(async () => {
      for (let index = begin; index < end; index += 1) await this.#deliver(index);
    });
    this.#chain.catch(this.#onError);
  }

  async #deliver(index: number): Promise<void> {
    const wavName = this.#files[index]?.wavName ?? '';
    const bytes = await readFile(join(this.#setup.dir, jsonName(wavName))).catch(() => undefined);
    const heard = bytes === undefined ? undefined : parseWhisperJson(bytes);
    if (heard === undefined) throw new TaskError('TOOL_FAILED', `whisper-cli left no readable result for ${wavName}. The task tries again.`, { retryable: true });
    await this.#onHeard(index, heard);
  }
}

function translateFailure(setup: WhisperSetup, result: ToolResult): TaskError {
  const name = basename(setup.model.path);
  const details = describeExit(result);
  if (result.exitSignal === 'SIGKILL' || /bad_alloc|failed to allocate|out of memory|not enough memory/i.test(result.stderrTail)) {
    return new TaskError('TOOL_FAILED', `There was not enough memory for the model ${name}. Close other programs, or choose a smaller model.`, { retryable: true, details });
  }
  if (result.exitSignal === 'SIGILL') {
    return new TaskError('TOOL_FAILED', `${setup.whisperCliPath} was built for another processor. Run the set-up again.`, { details });
  }
  if (result.exitCode === 3) {
    return new TaskError('MODEL_DAMAGED', `whisper-cli can't load the model ${name}: the file is damaged or of another kind. Remove it and add it anew with \`longhaul models\`.`, { details });
  }
  return new TaskError('TOOL_FAILED', `whisper-cli failed on a window of speech. The task tries again.`, { retryable: true, details });
}

function megabytes(setup: WhisperSetup): number {
  return setup.model.sizeBytes / 1e6;
}
