/** Follows the tasks of a session until what is waited for has come. */
import type { EngineEvent, EngineStatus } from '../../shared/contract.ts';
import type { Task, TaskId } from '../../shared/task.ts';
import { hasSettled, type Results } from './results.ts';
import type { Session } from './session.ts';
import type { View } from './view.ts';

export interface WatchOptions {
  readonly session: Session;
  readonly view: View;
  /** Gets every settled task; kept by the caller from one session to the next. */
  readonly results: Results;
  /** Ends the watching. */
  readonly signal: AbortSignal;
  /** These tasks: until each has settled. idle: until nothing is left to do. endless: until the signal. */
  readonly until: ReadonlySet<TaskId> | 'idle' | 'endless';
}

/** done: what was waited for has come. stopped: by the signal. lost: the engine of another process is gone. */
export type WatchEnd = 'done' | 'stopped' | 'lost';

/** The queue as a whole is asked about this often; that also shows whether a watched owner still answers. */
const STATUS_EVERY_MS = 2_000;
/** While nothing runs only every so many times: events tell when that changes, and an idle machine is left to sleep. */
const QUIET_ROUNDS = 15;
/** More than ever run at a time. */
const RUNNING_LIMIT = 1_000;

/** What is said while work waits for something else than its turn. */
const HELD: Readonly<Record<EngineStatus['holds'][number], string>> = {
  user: "The work is on hold, as somebody asked in Longhaul's window: nothing is started until they let it go on there.",
  battery: 'The work waits while the machine runs on battery.',
  heat: 'The work waits until the machine has cooled down.',
  foreground: 'The work waits while somebody uses the machine.',
  disk: 'The work waits until a disk that it writes to has more free space.',
};

/** Shows and collects what happens. Rejects only with what an own engine throws. */
export async function watch(options: WatchOptions): Promise<WatchEnd> {
  const { session, signal } = options;
  const watcher = new Watcher(options);
  const stopListening = session.on((event) => { watcher.take(event); });
  const timer = setInterval(() => { watcher.round(); }, STATUS_EVERY_MS);
  const stop = (): void => { watcher.end('stopped'); };
  signal.addEventListener('abort', stop);
  void session.over.then(() => { watcher.end('lost'); });
  if (signal.aborted) stop();
  try {
    watcher.begin();
    return await watcher.ended;
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
    stopListening();
  }
}

class Watcher {
  readonly ended: Promise<WatchEnd>;
  readonly #options: WatchOptions;
  readonly #running = new Map<TaskId, Task>();
  /** Awaited tasks that have not settled. */
  readonly #open: Set<TaskId>;
  readonly #settle: { resolve: (end: WatchEnd) => void; reject: (error: unknown) => void };
  #isAsking = false;
  #quietRounds = 0;
  #mustAskAgain = false;
  #saidHolds = '';

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#open = new Set(typeof options.until === 'string' ? [] : options.until);
    const { promise, resolve, reject } = Promise.withResolvers<WatchEnd>();
    this.ended = promise;
    this.#settle = { resolve, reject };
  }

  end(end: WatchEnd): void {
    this.#settle.resolve(end);
  }

  /** It is time to look at the queue as a whole, unless nothing goes on in it. */
  round(): void {
    this.#quietRounds = this.#running.size === 0 ? this.#quietRounds + 1 : 0;
    if (this.#quietRounds % QUIET_ROUNDS === 0) this.ask();
  }

  /** Looks at what was there before the first event. */
  begin(): void {
    const { session, until } = this.#options;
    const filter = typeof until === 'string' ? { status: ['running' as const], limit: RUNNING_LIMIT } : { ids: [...until], limit: until.size };
    session.api.listTasks(filter).then(({ tasks }) => {
      for (const task of tasks) this.#see(task);
      this.ask();
    }, (error: unknown) => { this.#fail(error); });
  }

  take(event: EngineEvent): void {
    if (event.kind === 'task') this.#see(event.task);
    else if (event.kind === 'progress') this.#progress(event);
    else if (event.kind === 'idle') this.ask();
    else if (event.kind === 'settings') this.ask();
    else if (event.kind === 'trouble' && event.trouble !== null) this.#options.view.say(event.trouble.message);
  }

  /** Looks at the whole queue. */
  ask(): void {
    if (this.#isAsking) {
      this.#mustAskAgain = true;
      return;
    }
    this.#isAsking = true;
    this.#options.session.api.getStatus({}).then((status) => {
      this.#isAsking = false;
      this.#options.view.status(status);
      this.#sayHolds(status);
      if (this.#isOver(status)) this.end('done');
      else if (this.#mustAskAgain) this.ask();
      this.#mustAskAgain = false;
    }, (error: unknown) => { this.#fail(error); });
  }

  /** Work that somebody holds does not go on by itself: who waits for its end would wait for a person. */
  #isOver(status: EngineStatus): boolean {
    const { until } = this.#options;
    if (until === 'endless') return false;
    return (until === 'idle' && status.isIdle) || (status.holds.includes('user') && status.counts.running === 0);
  }

  #sayHolds({ holds, isIdle }: EngineStatus): void {
    const state = isIdle ? '' : holds.join();
    if (state === this.#saidHolds) return;
    this.#saidHolds = state;
    if (!isIdle) for (const hold of holds) this.#options.view.say(HELD[hold]);
  }

  #progress({ id, progress, progressCurrent, progressTotal, message }: Extract<EngineEvent, { kind: 'progress' }>): void {
    const task = this.#running.get(id);
    if (task !== undefined) this.#see({ ...task, progress, progressCurrent, progressTotal, message });
  }

  #see(task: Task): void {
    const { until, results, view } = this.#options;
    if (typeof until !== 'string' && !until.has(task.id)) return;
    // The end of an attempt may be told after the start of the next one.
    if (task.attempt < (this.#running.get(task.id)?.attempt ?? 0)) return;
    if (task.status === 'running') this.#running.set(task.id, task);
    else this.#running.delete(task.id);
    results.note(task);
    view.show(task);
    if (typeof until === 'string') return;
    if (hasSettled(task) || task.deletedAt !== null) this.#open.delete(task.id);
    else this.#open.add(task.id);
    if (this.#open.size === 0) this.end('done');
  }

  /** Another process's engine that fails to answer is as good as gone; one of our own must not fail silently. */
  #fail(error: unknown): void {
    if (this.#options.session.ownerPid === null) this.#settle.reject(error);
    else this.end('lost');
  }
}
