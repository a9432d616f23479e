/** Lets tasks begin that fit into what the machine has free, and says of the others what they wait for. */
import { dirname } from 'node:path';
import type { Wait } from '../../../shared/queue-contract.ts';
import type { Estimate, QueueName, Task, TaskId } from '../../../shared/task.ts';
import type { Clock } from '../clock.ts';
import { UNKNOWN_MEMORY_BYTES } from '../handlers/estimate.ts';
import type { Gate } from '../scheduler/gate.ts';
import type { Light, Store } from '../store/store.ts';
import { Corrections } from './corrections.ts';
import { needOf, type Need } from './needs.ts';
import { choose, describeShortage, formatSize, type Candidate, type Passing, type ResourceKind, type Shortage } from './policy.ts';
import type { RoomFinder, RunningNeed } from './room.ts';
import { folderBytes } from './temp-files.ts';
import type { Usage, Used } from './usage.ts';

export interface AdmissionOptions {
  readonly store: Pick<Store, 'candidates' | 'resourceUse' | 'addResourceUse'>;
  readonly clock: Clock;
  readonly usage: Usage;
  readonly room: RoomFinder;
  /** Cores that one of the queue's attempts is given. */
  readonly threads: (queue: QueueName) => number;
  /** All temporary bytes of Longhaul's own, and how many there may be. */
  readonly tempBytes: () => number;
  readonly tempCapBytes: () => number;
  /** The folder of a task's parts. */
  readonly folderOf: (task: { readonly id: TaskId }) => string;
  /** What is free may have changed: whoever waits asks again. */
  readonly onFree: () => void;
  /** These tasks wait for something, or not any more. */
  readonly onWaiting: (ids: readonly TaskId[]) => void;
}

/** An attempt that begins. */
export interface Begun {
  readonly task: Task;
  readonly pid: () => number | undefined;
}

/** What a queue has places for. isRated: its tasks begin under a rate limit. isShort: they have lately been over in no time. */
export interface Wanted {
  readonly queue: QueueName;
  readonly limit: number;
  readonly only: readonly TaskId[] | null;
  readonly isRated: boolean;
  readonly isShort: boolean;
}

/** Claims what it is told, and starts it. How many there were. */
export type Take = (what: { readonly limit: number; readonly only: readonly TaskId[] | null; readonly light: Light | null }) => Promise<number>;

/** So many tasks behind one that does not fit are looked at. */
const LOOK_AHEAD = 64;
/** What other programs hold is looked at again this often while something waits for it. */
const LOOK_AGAIN_MS = 5_000;
/** Of what is free, a task that is started without a close look needs at most this share. */
const LIGHT_SHARE = 1 / 4;
/** Temporary bytes that no disk which work may begin on lacks (see the setting holdBelowFreeMb). */
const LIGHT_TEMP_BYTES = 64_000_000;
/** Parts that a task has on disk already are only counted where they matter. */
const COUNTED_PARTS_BYTES = 1_000_000_000;
const REASONS: Readonly<Record<ResourceKind, Wait['reason']>> = { memory: 'memory', processor: 'processor', disk: 'temp' };

/** A queue whose first task, or the first that does not fit, waits. */
interface Waiting {
  readonly id: TaskId;
  readonly reason: Wait['reason'];
  /** `memory: needs 3.9 GB, 1.2 GB free`. */
  readonly detail: string;
  /** What may still overtake it; null: it waits for another task's turn. */
  readonly passing: Passing | null;
}

export class Admission implements Gate {
  readonly #options: AdmissionOptions;
  readonly #corrections: Corrections;
  readonly #running = new Map<TaskId, RunningNeed>();
  readonly #waiting = new Map<QueueName, Waiting>();
  readonly #used = new Map<TaskId, Used>();
  /** Sentences for tasks that are started though they do not fit. */
  readonly #warnings = new Map<TaskId, string>();
  /** One queue at a time: each must see what the other took. */
  #turn: Promise<unknown> = Promise.resolve();
  #idleSinceMs: number | null = null;
  #cancelTimer: (() => void) | undefined;
  #isClosed = false;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#corrections = new Corrections(options.store);
  }

  /** Takes as many tasks of a queue as fit, at most the limit; how many there were. Tasks that clearly fit are taken without a look at each. */
  async claim({ queue, limit, only, isRated, isShort }: Wanted, take: Take): Promise<number> {
    const light = only === null && !isRated ? await this.#light(queue, limit, isShort) : null;
    const taken = light === null ? 0 : await take({ limit, only, light });
    // Its first task has begun, and waits for no core any more.
    if (taken > 0 && this.#waiting.has(queue)) this.#wait(queue, null);
    if (taken >= limit || this.#isClosed) return taken;
    const turn = this.#turn.then(() => this.#chooseAndTake(queue, limit - taken, only, take));
    this.#turn = turn.catch(() => undefined);
    return taken + (await turn);
  }

  /** An attempt begins. What its user should know comes back, if there is anything. */
  started({ task, pid }: Begun): string | undefined {
    const { usage, threads, folderOf } = this.#options;
    const given = threads(task.queue);
    const outputDir = task.outputDir ?? (task.inputs[0] === undefined ? null : dirname(task.inputs[0]));
    this.#running.set(task.id, { id: task.id, outputDir, ...this.#needOf(task, given) });
    this.#idleSinceMs = null;
    // What Longhaul does for itself it does in its own process, whose use is nobody's estimate.
    if (UNKNOWN_MEMORY_BYTES[task.type] > 0) usage.started({ id: task.id, pid, threads: given, workDir: folderOf(task), outputDir });
    const warning = this.#warnings.get(task.id);
    this.#warnings.delete(task.id);
    return warning;
  }

  /** The attempt itself knows better what it takes. */
  estimated(task: Task, estimate: Estimate): void {
    const running = this.#running.get(task.id);
    if (running !== undefined) this.#running.set(task.id, { ...running, ...this.#needOf({ ...task, estimate }, this.#options.threads(task.queue)) });
  }

  /** The attempt's worker is done: what it held is free. */
  freed({ id }: Pick<Task, 'id'>): void {
    this.#running.delete(id);
    const used = this.#options.usage.ended(id);
    if (used !== null) this.#used.set(id, used);
    if (this.#waiting.size > 0 && !this.#isClosed) this.#options.onFree();
  }

  /** How it ended. What a completed attempt used corrects the next estimates of its recipe. */
  recorded({ id, recipe }: Pick<Task, 'id' | 'recipe'>, isCompleted: boolean): void {
    const { store, clock } = this.#options;
    const used = this.#used.get(id);
    this.#used.delete(id);
    if (used === undefined || !isCompleted || this.#isClosed) return;
    // What could not be remembered is measured again with the next attempt.
    void store.addResourceUse({ id, ...used, now: clock.now() }).then(() => this.#corrections.forget(recipe), () => undefined);
  }

  /** Which of the tasks fit is decided with each claim. */
  mayClaim(): true {
    return true;
  }

  /** Why the queue's next task does not begin; empty: nothing that it needs is short. */
  waitsFor(queue: QueueName): readonly Wait[] {
    const waiting = this.#waiting.get(queue);
    return waiting === undefined ? [] : [{ reason: waiting.reason, until: null, taskId: waiting.id, detail: waiting.detail }];
  }

  /** What a pending task says of itself while it waits: `waits for memory: needs 3.9 GB, 1.2 GB free`. */
  messageOf(task: { readonly id: TaskId; readonly queue: QueueName; readonly status: Task['status'] }): string | null {
    const waiting = this.#waiting.get(task.queue);
    return waiting?.id === task.id && task.status === 'pending' ? `waits for ${waiting.detail}` : null;
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelTimer?.();
    this.#options.usage.close();
  }

  /** Null: a close look is needed. */
  async #light(queue: QueueName, limit: number, isShort: boolean): Promise<Light | null> {
    const { room, threads } = this.#options;
    if (this.#isOverCap || ![...this.#waiting].every(([name, { reason }]) => isShort && name === queue && reason === 'processor')) return null;
    const { memoryBytes, processors } = await room.rough([...this.#running.values()], (id) => this.#options.usage.now(id));
    // Tasks that are over in no time share the processor whatever a look at it would say.
    if (!isShort && processors < limit * threads(queue)) return null;
    const mostBytes = (memoryBytes * LIGHT_SHARE) / limit;
    return { memoryBytes: mostBytes, tempBytes: LIGHT_TEMP_BYTES, isUnknownLight: Math.max(...Object.values(UNKNOWN_MEMORY_BYTES)) <= mostBytes };
  }

  async #chooseAndTake(queue: QueueName, limit: number, only: readonly TaskId[] | null, take: Take): Promise<number> {
    if (this.#isClosed) return 0;
    const { room, usage } = this.#options;
    const candidates = await this.#candidates(queue, limit + LOOK_AHEAD, only);
    const [head] = candidates;
    if (head === undefined || this.#isOverCap) {
      this.#wait(queue, head === undefined ? null : { id: head.id, reason: 'temp', detail: this.#overCap(), passing: null });
      return 0;
    }
    const found = await room.find([...this.#running.values()], (id) => usage.now(id), candidates.map(({ outputDir }) => outputDir));
    const own = this.#waiting.get(queue);
    const answer = choose({ candidates, limit, room: found, workDir: room.workDir, isIdle: this.#running.size === 0, idleMs: this.#idleMs(), passing: this.#passing(), waitingId: own === undefined || own.passing === null ? null : own.id });
    if (answer.forced !== null) this.#warnings.set(answer.forced.id, forcedSentence(answer.forced.shortage));
    if (answer.held !== null) this.#wait(queue, { id: answer.held.id, reason: REASONS[answer.held.shortage.kind], detail: describeShortage(answer.held.shortage), passing: answer.passing });
    else if (answer.taken.length === 0) this.#waitForTurn(queue, head.id);
    else this.#wait(queue, null);
    this.#spend(queue, answer.passing);
    return answer.taken.length === 0 ? 0 : await take({ limit: answer.taken.length, only: answer.taken, light: null });
  }

  async #candidates(queue: QueueName, limit: number, only: readonly TaskId[] | null): Promise<Candidate[]> {
    const tasks = await this.#options.store.candidates(queue, only, limit);
    await Promise.all([...new Set(tasks.map(({ recipe }) => recipe))].map((recipe) => this.#corrections.load(recipe)));
    const threads = this.#options.threads(queue);
    return Promise.all(tasks.map(async (task) => {
      const need = this.#needOf(task, threads);
      const doneBytes = need.workBytes < COUNTED_PARTS_BYTES ? 0 : await folderBytes(this.#options.folderOf(task));
      return { id: task.id, outputDir: task.outputDir, seconds: task.estimate?.seconds ?? null, need: { ...need, workBytes: Math.max(0, need.workBytes - doneBytes) } };
    }));
  }

  /** More cores than tasks may have together are no more of a need than all of them. */
  #needOf(task: Pick<Task, 'type' | 'recipe' | 'estimate'>, threads: number): Need {
    const need = needOf(task, threads, this.#corrections.known(task.recipe));
    return { ...need, processors: Math.min(need.processors, this.#options.room.processors) };
  }

  /** The least that may still overtake anything that waits, in any queue. */
  #passing(): Passing | null {
    const all = [...this.#waiting.values()].map(({ passing }) => passing).filter((passing) => passing !== null);
    return all.length === 0 ? null : { tasks: Math.min(...all.map(({ tasks }) => tasks)), seconds: Math.min(...all.map(({ seconds }) => seconds)) };
  }

  /** What one queue took has overtaken those that wait in the others too. */
  #spend(queue: QueueName, left: Passing): void {
    for (const [name, waiting] of this.#waiting) if (name !== queue && waiting.passing !== null) this.#waiting.set(name, { ...waiting, passing: left });
  }

  #waitForTurn(queue: QueueName, id: TaskId): void {
    const first = [...this.#waiting.values()].find(({ passing }) => passing !== null);
    this.#wait(queue, first === undefined ? null : { id, reason: first.reason, detail: `task ${first.id} to begin first`, passing: null });
  }

  #wait(queue: QueueName, waiting: Waiting | null): void {
    const before = this.#waiting.get(queue);
    if (waiting === null) this.#waiting.delete(queue);
    else this.#waiting.set(queue, waiting);
    if (before?.id !== waiting?.id || before?.detail !== waiting?.detail) this.#options.onWaiting([before?.id, waiting?.id].filter((id) => id !== undefined));
    if (this.#waiting.size > 0 && !this.#isClosed) this.#lookAgain();
  }

  /** What other programs hold, nobody tells. */
  #lookAgain(): void {
    this.#cancelTimer ??= this.#options.clock.after(LOOK_AGAIN_MS, () => {
      this.#cancelTimer = undefined;
      this.#options.onFree();
    });
  }

  #idleMs(): number {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#running.size > 0) return 0;
    this.#idleSinceMs ??= nowMs;
    return nowMs - this.#idleSinceMs;
  }

  /** Never while nothing runs: then nobody else would make room. */
  get #isOverCap(): boolean {
    return this.#running.size > 0 && this.#options.tempBytes() > this.#options.tempCapBytes();
  }

  #overCap(): string {
    return `temporary files to go: ${formatSize(this.#options.tempBytes())} in use, at most ${formatSize(this.#options.tempCapBytes())}`;
  }
}

function forcedSentence({ kind, needed, free, total }: Shortage): string {
  const what = kind === 'memory' ? 'of memory' : 'of disk space';
  const why = needed > total ? 'more than the machine has' : 'more than other programs left free';
  return `It was started alone though it may need ${formatSize(needed)} ${what} and ${formatSize(free)} are free: ${why}.`;
}
