/** The downloads of models that run in this process. What came of one stays on disk, so that the next start of Longhaul goes on from it. */
import { stat } from 'node:fs/promises';
import { TaskError } from '../../../shared/errors.ts';
import { addModel } from './model-catalogue.ts';
import { partPathOf } from './model-download.ts';
import type { ModelSurroundings } from './model-folders.ts';

interface Running {
  readonly abort: AbortController;
  readonly settled: Promise<void>;
  /** Null until bytes come. */
  doneBytes: number | null;
}

export interface DownloadState {
  readonly isDownloading: boolean;
  /** Bytes here of a download that runs or was cut off; null: none. */
  readonly downloadedBytes: number | null;
  /** Of the whole file, as the server says; null: it was not asked by this process. */
  readonly totalBytes: number | null;
  /** Why the last try in this process failed. */
  readonly problem: TaskError | null;
}

export class ModelDownloads {
  readonly #surroundings: ModelSurroundings;
  readonly #onChange: () => void;
  readonly #running = new Map<string, Running>();
  readonly #totals = new Map<string, number>();
  readonly #problems = new Map<string, TaskError>();
  #isClosed = false;

  /** onChange is called often while bytes come. */
  constructor(surroundings: ModelSurroundings, onChange: () => void) {
    this.#surroundings = surroundings;
    this.#onChange = onChange;
  }

  /** Returns at once. One that runs already goes on. */
  start(name: string): void {
    if (this.#isClosed || this.#running.has(name)) return;
    this.#problems.delete(name);
    const abort = new AbortController();
    const running: Running = { abort, settled: Promise.resolve().then(() => this.#run(name, running)), doneBytes: null };
    this.#running.set(name, running);
    this.#onChange();
  }

  /** Settles when nothing is written any more. What came stays. */
  async cancel(name: string): Promise<void> {
    const running = this.#running.get(name);
    running?.abort.abort(new TaskError('STOPPED', `The download of ${name} was stopped.`));
    await running?.settled;
    if (this.#problems.delete(name)) this.#onChange();
  }

  async state(name: string): Promise<DownloadState> {
    const running = this.#running.get(name);
    return {
      isDownloading: running !== undefined,
      downloadedBytes: running?.doneBytes ?? (await sizeOf(partPathOf(this.#surroundings.modelsDir, name))),
      totalBytes: this.#totals.get(name) ?? null,
      problem: this.#problems.get(name) ?? null,
    };
  }

  /** Stops all. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#running.keys()].map((name) => this.cancel(name)));
  }

  async #run(name: string, running: Running): Promise<void> {
    const { signal } = running.abort;
    const onProgress = (doneBytes: number, totalBytes: number): void => {
      running.doneBytes = doneBytes;
      this.#totals.set(name, totalBytes);
      this.#onChange();
    };
    try {
      await addModel({ name, surroundings: this.#surroundings, signal, onProgress });
    } catch (error) {
      if (!signal.aborted) this.#problems.set(name, TaskError.from(error));
    } finally {
      this.#running.delete(name);
      this.#onChange();
    }
  }
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(({ size }) => size, () => null);
}
