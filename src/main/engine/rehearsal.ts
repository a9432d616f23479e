/**
 * Which commands a recipe makes for a file. Nothing is computed beside the work: a worker does the real attempt, on a folder that goes
 * afterwards, and what it starts is told; after some seconds it is ended. So there is no second truth, and for long files there are the first
 * commands and not the last ones.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { TaskError, type TaskErrorShape } from '../../shared/errors.ts';
import type { Recipe } from '../../shared/recipe.ts';
import type { QueueName, TaskId } from '../../shared/task.ts';
import type { Clock } from './clock.ts';
import type { Tools } from './media/tools.ts';
import type { HeldWorker, WorkerPool } from './workers/pool.ts';
import type { FromWorker } from './workers/protocol.ts';

export interface RehearsalParts {
  readonly pool: WorkerPool;
  readonly clock: Clock;
  readonly storeId: string;
  readonly tools: (queue: QueueName) => Tools;
}

export interface RehearsalWish {
  readonly recipe: Recipe;
  /** Complete. */
  readonly options: Recipe['options'];
  readonly queue: QueueName;
  /** Absolute. */
  readonly path: string;
  readonly seconds: number;
}

export interface Rehearsed {
  /** As a shell reads them, in the order in which they were started: those that do the work. */
  readonly commands: string[];
  /** Those that only look at the file, or ask a tool what it can do. */
  readonly looks: string[];
  /** What the work said beside. */
  readonly notes: string[];
  /** Whether it came to its end; else there are more commands than these. */
  readonly isWhole: boolean;
  /** Why it failed. */
  readonly problem: TaskErrorShape | null;
}

/** No task has it: the store counts up from 1. */
const NOBODY: TaskId = Number.MAX_SAFE_INTEGER;
const HEARTBEAT_MS = 60_000;
const COMMAND = '$ ';
/** ffprobe writes nothing; nor does FFmpeg without an input. */
const LOOK = /^ffprobe |^ffmpeg (?!.* -i )/;

export class Rehearsals {
  readonly #parts: RehearsalParts;
  /** One at a time: running tasks need the machine. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: RehearsalParts) {
    this.#parts = parts;
  }

  async of(wish: RehearsalWish): Promise<Rehearsed> {
    const mine = this.#last.then(() => this.#rehearse(wish));
    this.#last = mine.catch(() => undefined);
    return await mine;
  }

  async #rehearse(wish: RehearsalWish): Promise<Rehearsed> {
    const dir = await mkdtemp(join(tmpdir(), 'longhaul-rehearsal-'));
    try {
      for (const name of ['work', 'out']) await mkdir(join(dir, name));
      return asForReal(await this.#run(wish, dir), dir, wish);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  #run({ recipe, options, queue, path, seconds }: RehearsalWish, dir: string): Promise<Rehearsed> {
    const { pool, clock, storeId, tools } = this.#parts;
    const [commands, looks, notes]: [string[], string[], string[]] = [[], [], []];
    const ended = Promise.withResolvers<Rehearsed>();
    const worker: HeldWorker = pool.hold(queue, {
      onMessage: (message) => {
        if (message.kind === 'log') {
          const line = message.line.replace(COMMAND, '');
          (line === message.line ? notes : LOOK.test(line) ? looks : commands).push(line);
        } else if (message.kind === 'warn') notes.push(message.sentence);
        else if (message.kind === 'done') ended.resolve({ commands, looks, notes, isWhole: true, problem: message.outcome.kind === 'failed' ? message.outcome.error : null });
        else if (isSave(message)) worker.send({ kind: 'saved', seq: message.seq, isSaved: true });
      },
      onOutput: () => undefined,
      onLost: (how) => ended.resolve({ commands, looks, notes, isWhole: false, problem: new TaskError('WORKER_LOST', `The worker that tried the recipe ${recipe.name} ended (${how}). Try again.`).toShape() }),
    });
    const cancelTimer = clock.after(seconds * 1000, () => ended.resolve({ commands, looks, notes, isWhole: false, problem: null }));
    worker.send({
      kind: 'run', suffix: recipe.suffix, parts: [], intent: null, dependencies: [], groupName: null, tools: tools(queue), workDir: join(dir, 'work'), storeId, pace: null, heartbeatMs: HEARTBEAT_MS,
      task: { id: NOBODY, type: recipe.type, recipe: recipe.name, inputs: [path], outputDir: join(dir, 'out'), options, attempt: 1 },
    });
    return ended.promise.finally(() => {
      cancelTimer();
      // Whatever it does now, it is for nothing: it ends with its tools.
      worker.kill();
    });
  }
}

function isSave(message: FromWorker): message is Extract<FromWorker, { seq: number }> {
  return 'seq' in message;
}

/** With the places that a task has: results beside the file, parts in a folder of its own. */
function asForReal({ commands, looks, notes, ...rest }: Rehearsed, dir: string, { path }: RehearsalWish): Rehearsed {
  const place = (text: string): string => text.replaceAll(join(dir, 'out'), dirname(path)).replaceAll(join(dir, 'work'), join(dirname(path), `${basename(path, extname(path))}.parts`));
  return { ...rest, commands: commands.map(place), looks: looks.map(place), notes: notes.map(place) };
}
