/** What running attempts really use: memory and processor of their workers and tools, and their temporary files. Looks only while something runs. */
import type { TaskId } from '../../../shared/task.ts';
import type { Clock } from '../clock.ts';
import { readProcess, type ProcessUse } from './process-use.ts';
import { draftBytes, folderBytes } from './temp-files.ts';

/** An attempt to be watched. pid: of its worker, which may not be started yet. */
export interface Watched {
  readonly id: TaskId;
  readonly pid: () => number | undefined;
  /** Cores that it was given. */
  readonly threads: number;
  readonly workDir: string;
  readonly outputDir: string | null;
}

/** What an attempt used at most. processorShare: cores kept busy, per core that it was given; null: nobody could tell. */
export interface Used {
  readonly memoryBytes: number;
  readonly tempBytes: number;
  readonly processorShare: number | null;
}

/** What it uses by the last look. */
export interface UsedNow {
  readonly memoryBytes: number;
  readonly workBytes: number;
  readonly draftBytes: number;
}

export interface UsageOptions {
  readonly clock: Clock;
  readonly storeId: string;
  readonly readProcess?: (pid: number) => Promise<ProcessUse | null>;
}

/** Encoders and models reach their size within seconds and keep it. */
const SAMPLE_MS = 3_000;
/** Every so many samples the files are looked at too: an output folder may hold a hundred thousand others. */
const FILES_EVERY = 5;

interface Attempt extends Watched {
  /** The first look and the newest: between them the processor's time is counted. */
  first: Look | null;
  last: Look | null;
  peakBytes: number;
  peakTempBytes: number;
  now: UsedNow;
}

interface Look {
  readonly atMs: number;
  readonly processorSeconds: number;
}

const NOTHING: UsedNow = { memoryBytes: 0, workBytes: 0, draftBytes: 0 };

export class Usage {
  readonly #options: UsageOptions;
  readonly #attempts = new Map<TaskId, Attempt>();
  readonly #tools = new Set<number>();
  #cancelTimer: (() => void) | undefined;
  #isMeasuring = false;
  #count = 0;

  constructor(options: UsageOptions) {
    this.#options = options;
  }

  started(watched: Watched): void {
    this.#attempts.set(watched.id, { ...watched, first: null, last: null, peakBytes: 0, peakTempBytes: 0, now: NOTHING });
    this.#cancelTimer ??= this.#options.clock.after(SAMPLE_MS, () => void this.#tick());
  }

  /** What it used; null: it was over before anybody looked. */
  ended(id: TaskId): Used | null {
    const attempt = this.#attempts.get(id);
    this.#attempts.delete(id);
    if (this.#attempts.size === 0) this.close();
    return attempt === undefined || attempt.peakBytes === 0 ? null : { memoryBytes: attempt.peakBytes, tempBytes: attempt.peakTempBytes, processorShare: shareOf(attempt) };
  }

  /** A worker has started a tool, or has seen one end. */
  tool(kind: 'toolStarted' | 'toolEnded', pid: number): void {
    if (kind === 'toolStarted') this.#tools.add(pid);
    else this.#tools.delete(pid);
  }

  now(id: TaskId): UsedNow {
    return this.#attempts.get(id)?.now ?? NOTHING;
  }

  /** Temporary bytes of what runs beside the work folders. */
  get draftBytes(): number {
    let sum = 0;
    for (const { now } of this.#attempts.values()) sum += now.draftBytes;
    return sum;
  }

  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  async #tick(): Promise<void> {
    this.#cancelTimer = undefined;
    if (this.#count % FILES_EVERY === 0) void this.#measureFiles();
    this.#count += 1;
    await this.sample();
    if (this.#attempts.size > 0) this.#cancelTimer ??= this.#options.clock.after(SAMPLE_MS, () => void this.#tick());
  }

  /** Looks at all processes once. A tool belongs to the worker that started it. */
  async sample(): Promise<void> {
    const { clock, readProcess: read = readProcess } = this.#options;
    const attempts = [...this.#attempts.values()];
    const tools = (await Promise.all([...this.#tools].map((pid) => read(pid)))).filter((use) => use !== null);
    const pids = attempts.map(({ pid }) => pid());
    const workers = await Promise.all(pids.map((pid) => (pid === undefined ? Promise.resolve(null) : read(pid))));
    for (const [index, attempt] of attempts.entries()) {
      const worker = workers[index] ?? null;
      const own = worker === null ? [] : tools.filter(({ parentPid }) => parentPid === pids[index]);
      // A tool lives for its attempt alone, so that its own peak is the attempt's; a worker has had others before.
      const memoryBytes = (worker?.memoryBytes ?? 0) + sum(own.map(({ peakBytes }) => peakBytes));
      attempt.now = { ...attempt.now, memoryBytes };
      attempt.peakBytes = Math.max(attempt.peakBytes, memoryBytes);
      if (worker === null) continue;
      attempt.last = { atMs: clock.monotonicMs(), processorSeconds: worker.processorSeconds + sum(own.map(({ processorSeconds }) => processorSeconds)) };
      attempt.first ??= attempt.last;
    }
  }

  /** A share that does not answer holds up only this. */
  async #measureFiles(): Promise<void> {
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    await this.measureFiles().finally(() => (this.#isMeasuring = false));
  }

  /** Looks at the temporary files of all attempts once. */
  async measureFiles(): Promise<void> {
    const { storeId } = this.#options;
    await Promise.all([...this.#attempts.values()].map(async (attempt) => {
      const [workBytes, drafts] = await Promise.all([folderBytes(attempt.workDir), attempt.outputDir === null ? Promise.resolve(0) : draftBytes(attempt.outputDir, { storeId, id: attempt.id })]);
      attempt.now = { ...attempt.now, workBytes, draftBytes: drafts };
      attempt.peakTempBytes = Math.max(attempt.peakTempBytes, workBytes + drafts);
    }));
  }
}

/** Null: it was looked at only once, or can't be. */
function shareOf({ first, last, threads }: Attempt): number | null {
  if (first === null || last === null || last.atMs <= first.atMs) return null;
  return Math.min(1, (last.processorSeconds - first.processorSeconds) / ((last.atMs - first.atMs) / 1000) / threads);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
