/** Worker processes: started when needed, one task at a time each, kept warm, replaced when old or dead. */
import type { QueueName } from '../../../shared/task.ts';
import type { Clock } from '../clock.ts';
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
  send(message: ToWorker): void;
  /** Back to the pool. */
  release(): void;
  /** Ends the process at once; onLost follows. */
  kill(): void;
}

export interface PoolOptions {
  readonly entryPath: string;
  readonly start: StartWorkerProcess;
  readonly clock: Clock;
  /** What workers print that nobody holds. */
  readonly onOutput: (line: string) => void;
  /** Every tool that a worker starts or sees end. */
  readonly onTool: (message: Extract<FromWorker, { kind: 'toolStarted' | 'toolEnded' }>) => void;
}

/** A fresh process now and then keeps a slow leak in a library from growing for days. */
const TASKS_PER_WORKER = 100;
/** An idle process holds 40–60 MB; a minute bridges the gap between two tasks of a batch. */
const IDLE_END_MS = 60_000;

interface Worker {
  readonly process: WorkerProcess;
  readonly queue: QueueName;
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
  hold(queue: QueueName, holder: WorkerEvents): HeldWorker {
    const idle = [...this.#workers].find((worker) => worker.queue === queue && !worker.holder && !worker.isGone);
    const worker = idle ?? this.#start(queue);
    worker.cancelIdle?.();
    worker.cancelIdle = undefined;
    worker.holder = holder;
    worker.tasks += 1;
    return {
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

  #start(queue: QueueName): Worker {
    const say = (line: string): void => (worker.holder ? worker.holder.onOutput(line) : this.#options.onOutput(line));
    const process = this.#options.start(this.#options.entryPath, say);
    const worker: Worker = { process, queue, tasks: 0, holder: undefined, cancelIdle: undefined, isGone: false };
    this.#workers.add(worker);
    process.onMessage((raw) => this.#hear(worker, raw));
    process.onExit((how) => {
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
    const parsed = fromWorker.safeParse(raw);
    if (!parsed.success) {
      // A worker that does not speak the protocol is broken; its exit is handled like any other loss.
      worker.holder?.onOutput(`said what is no message: ${parsed.error.message}`);
      worker.process.kill();
      return;
    }
    const message = parsed.data;
    if (message.kind === 'toolStarted' || message.kind === 'toolEnded') this.#options.onTool(message);
    else worker.holder?.onMessage(message);
  }

  #release(worker: Worker): void {
    worker.holder = undefined;
    if (this.#isClosed || worker.tasks >= TASKS_PER_WORKER) this.#end(worker);
    else worker.cancelIdle = this.#options.clock.after(IDLE_END_MS, () => this.#end(worker));
  }

  #end(worker: Worker): void {
    worker.isGone = true;
    worker.cancelIdle?.();
    this.#workers.delete(worker);
    worker.process.kill();
  }
}
