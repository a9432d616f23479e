/** Worker processes: started when needed, one task at a time each, kept warm, replaced when old or dead. */
import { totalmem } from 'node:os';
import type { QueueName } from '../../../shared/task.ts';
import type { Clock } from '../clock.ts';
import { MemoryWatch } from './memory-watch.ts';
import { fromWorker, type FromWorker, type ToWorker } from './protocol.ts';
import type { StartWorkerProcess, WorkerProcess } from './worker-process.ts';

/** What the holder of a worker hears from it. */
export interface WorkerEvents {
  onMessage(message: FromWorker): void;
  /** A line that the process printed: an error's stack, a library's warning. */
  onOutput(line: string): void;
  /** The process ended while it was held; it is not in the pool any more. */
  onLost(how: string): void;
}

/** A worker that is held for one attempt. */
export interface HeldWorker {
  /** Undefined: not started yet, or it could not be started. */
  readonly pid: number | undefined;
  send(message: ToWorker): void;
  /** Back to the pool. */
  release(): void;
  /** Ends the process at once; onLost follows. */
  kill(): void;
}

export interface PoolOptions {
  readonly entryPath: string;
  readonly start: StartWorkerProcess;
  /** For tasks that need the engine itself, or so little that a process of their own would be most of the work. Default: start. */
  readonly startInside?: StartWorkerProcess;
  readonly clock: Clock;
  /** What workers print that nobody holds. */
  readonly onOutput: (line: string) => void;
  /** The machine's; what it has where nothing is said. */
  readonly totalMemoryBytes?: number;
  /** A worker process has started or ended: a frozen one outlives its engine, and the next one has to end it. */
  readonly onWorker?: (kind: 'started' | 'ended', pid: number) => void;
  /** Every tool that a worker starts or sees end. */
  readonly onTool: (message: Extract<FromWorker, { kind: 'toolStarted' | 'toolEnded' }>) => void;
}

/** A fresh process now and then keeps a slow leak in a library from growing for days. */
const TASKS_PER_WORKER = 100;
/** Tasks of this queue are over in a fraction of a second: a start for every hundred would be a fifth of their time. */
const SHORT_QUEUE: QueueName = 'render';
const SHORT_TASKS_PER_WORKER = 1_000;
/** An idle process holds 40–60 MB; a minute bridges the gap between two tasks of a batch. */
const IDLE_END_MS = 60_000;

interface Worker {
  readonly memory: MemoryWatch;
  readonly process: WorkerProcess;
  readonly queue: QueueName;
  readonly isInside: boolean;
  tasks: number;
  holder: WorkerEvents | undefined;
  cancelIdle: (() => void) | undefined;
  isGone: boolean;
}

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #workers = new Set<Worker>();
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** A worker that last served this queue (its models are warm), else a new one. */
  hold(queue: QueueName, holder: WorkerEvents, isInside = false): HeldWorker {
    const idle = [...this.#workers].find((worker) => worker.queue === queue && worker.isInside === isInside && !worker.holder && !worker.isGone);
    const worker = idle ?? this.#start(queue, isInside);
    worker.cancelIdle?.();
    worker.cancelIdle = undefined;
    worker.holder = holder;
    worker.tasks += 1;
    return {
      get pid() { return worker.process.pid; },
      send: (message) => worker.process.send(message),
      release: () => this.#release(worker),
      kill: () => worker.process.kill(),
    };
  }

  /** Ends all processes; held ones are lost without a word to their holders. */
  close(): void {
    this.#isClosed = true;
    for (const worker of this.#workers) {
      worker.holder = undefined;
      this.#end(worker);
    }
  }

  #start(queue: QueueName, isInside: boolean): Worker {
    const say = (line: string): void => (worker.holder ? worker.holder.onOutput(line) : this.#options.onOutput(line));
    const process = ((isInside ? this.#options.startInside : undefined) ?? this.#options.start)(this.#options.entryPath, say);
    const worker: Worker = { process, queue, isInside, tasks: 0, holder: undefined, cancelIdle: undefined, isGone: false, memory: new MemoryWatch(this.#options.totalMemoryBytes ?? totalmem()) };
    this.#workers.add(worker);
    // Not known again once it has ended, where the host tells it late.
    const { pid } = process;
    if (!isInside && pid !== undefined) this.#options.onWorker?.('started', pid);
    process.onMessage((raw) => this.#hear(worker, raw));
    process.onExit((how) => {
      if (!isInside && pid !== undefined) this.#options.onWorker?.('ended', pid);
      worker.isGone = true;
      worker.cancelIdle?.();
      this.#workers.delete(worker);
      const { holder } = worker;
      worker.holder = undefined;
      holder?.onLost(how);
    });
    return worker;
  }

  #hear(worker: Worker, raw: unknown): void {
    if (worker.isGone) {
      // Given up and not ended: it was frozen when it was killed, or its host could not kill it. Nothing it says counts any more.
      worker.process.kill();
      return;
    }
    const parsed = fromWorker.safeParse(raw);
    if (!parsed.success) {
      // A worker that does not speak the protocol is broken; its exit is handled like any other loss.
      worker.holder?.onOutput(`said what is no message: ${parsed.error.message}`);
      worker.process.kill();
      return;
    }
    const message = parsed.data;
    this.#noteMemory(worker, message);
    if (message.kind === 'toolStarted' || message.kind === 'toolEnded') this.#options.onTool(message);
    else worker.holder?.onMessage(message);
  }

  #noteMemory(worker: Worker, message: FromWorker): void {
    // What a worker inside the engine's own process holds is the engine's.
    if (worker.isInside || !('rssBytes' in message) || message.rssBytes === undefined) return;
    if (message.kind === 'done') worker.memory.taskDone(message.rssBytes);
    else if (worker.memory.isBlownUp(message.rssBytes)) {
      worker.holder?.onOutput(`holds ${Math.round(message.rssBytes / 1e6)} MB of memory, more than any task needs, and is ended`);
      worker.process.kill();
    }
  }

  #release(worker: Worker): void {
    worker.holder = undefined;
    if (this.#isClosed || worker.tasks >= (worker.queue === SHORT_QUEUE ? SHORT_TASKS_PER_WORKER : TASKS_PER_WORKER) || worker.memory.isGrown) this.#end(worker);
    else worker.cancelIdle = this.#options.clock.after(IDLE_END_MS, () => this.#end(worker));
  }

  #end(worker: Worker): void {
    worker.isGone = true;
    worker.cancelIdle?.();
    this.#workers.delete(worker);
    worker.process.kill();
  }
}
