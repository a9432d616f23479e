/** Worker processes that speak the real protocol and do what the dice say. */
import type { TaskId } from '../../../shared/task.ts';
import { toWorker, type FromWorker, type RunOrder } from '../workers/protocol.ts';
import type { StartWorkerProcess, WorkerProcess } from '../workers/worker-process.ts';
import type { Dice } from './test-dice.ts';
import type { Ledger } from './test-ledger.ts';

/** Parts of a task; fewer than any real one, so that all their boundaries are met often. */
const MOST_PARTS = 4;

/** How attempts end that nobody stops. */
const ENDINGS = { done: 78, fails: 10, failsForGood: 2, dies: 8, freezes: 2 } as const;

/** The state of an attempt in a worker: what it does next follows from it. */
interface Work {
  readonly order: RunOrder;
  readonly parts: Set<number>;
  planned: number | null;
  /** A save that is not answered yet. */
  saving: { readonly seq: number; readonly isFinal: boolean; readonly part: number | null } | undefined;
  isStopped: boolean;
  hasIntent: boolean;
  ending: keyof typeof ENDINGS;
}

class SimulatedWorker implements WorkerProcess {
  readonly pid: number;
  readonly #ledger: Ledger;
  readonly #dice: Dice;
  #toEngine: (message: FromWorker) => void = () => undefined;
  #onExit: (how: string) => void = () => undefined;
  #work: Work | undefined;
  #seq = 0;
  isAlive = true;
  isFrozen = false;

  constructor(pid: number, { dice, ledger }: { dice: Dice; ledger: Ledger }) {
    this.pid = pid;
    this.#dice = dice;
    this.#ledger = ledger;
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#toEngine = listener;
  }

  onExit(listener: (how: string) => void): void {
    this.#onExit = listener;
  }

  get taskId(): TaskId | undefined {
    return this.#work?.order.task.id;
  }

  send(raw: object): void {
    if (!this.isAlive) return;
    const message = toWorker.parse(structuredClone(raw));
    if (message.kind === 'run') this.#begin(message);
    else if (message.kind === 'stop' && this.#work !== undefined) this.#work.isStopped = true;
    else if (message.kind === 'saved') this.#saved(message.seq, message.isSaved);
  }

  kill(): void {
    this.die('signal SIGKILL');
  }

  /** Its engine hears of it. */
  die(how: string): void {
    if (!this.isAlive) return;
    this.vanish();
    this.#onExit(how);
  }

  /** Together with its engine. */
  vanish(): void {
    this.isAlive = false;
    if (this.#work !== undefined) this.#ledger.ended(this.#work.order.task.id, this.pid);
    this.#work = undefined;
  }

  /** Goes one step on. */
  act(): void {
    const work = this.#work;
    if (work === undefined || work.saving !== undefined || this.isFrozen || !this.isAlive) return;
    if (work.isStopped) return this.#finish({ kind: 'stopped' });
    if (work.planned === null) {
      work.planned = 1 + this.#dice.below(MOST_PARTS);
      return this.#save({ part: null, isFinal: false }, (seq) => ({ kind: 'savePlan', ...this.#of(work), seq, plan: { parts: work.planned }, partsTotal: work.planned ?? 1 }));
    }
    const next = Array.from({ length: work.planned }, (_, index) => index).find((index) => !work.parts.has(index));
    if (next !== undefined && work.parts.size > 0 && work.ending !== 'done') return this.#end(work);
    if (next !== undefined) {
      this.#toEngine({ kind: 'progress', ...this.#of(work), current: work.parts.size, total: work.planned, message: `part ${next}` });
      return this.#save({ part: next, isFinal: false }, (seq) => ({ kind: 'savePart', ...this.#of(work), seq, index: next, part: { by: this.pid } }));
    }
    if (work.ending !== 'done') return this.#end(work);
    // As workers/publish.ts does: what is meant is written down before it is done, and what an earlier attempt had written down is looked at.
    if (!work.hasIntent) return this.#save({ part: null, isFinal: true }, (seq) => ({ kind: 'saveIntent', ...this.#of(work), seq, outputs: [outputOf(work.order.task.id)] }));
    this.#ledger.publish(work.order.task.id);
    this.#finish({ kind: 'completed', outputs: [{ path: outputOf(work.order.task.id).path, sizeBytes: 1, sha256: '0'.repeat(64) }], message: 'done', pace: null, hasWorkDir: true });
  }

  #begin(order: RunOrder): void {
    const plan = typeof order.plan === 'object' && order.plan !== null && 'parts' in order.plan && typeof order.plan.parts === 'number' ? order.plan.parts : null;
    this.#work = {
      order, planned: plan, parts: new Set(order.parts.map(({ index }) => index)), saving: undefined, isStopped: false, hasIntent: order.intent !== null, ending: this.#dice.weighted(ENDINGS),
    };
    this.#ledger.began(order, this.pid);
  }

  #saved(seq: number, isSaved: boolean): void {
    const work = this.#work;
    if (work === undefined || work.saving?.seq !== seq) return;
    const { part, isFinal } = work.saving;
    work.saving = undefined;
    if (!isSaved) return this.#finish({ kind: 'stopped' });
    if (part !== null) {
      work.parts.add(part);
      this.#ledger.savedPart(work.order.task.id, part);
    }
    if (isFinal) work.hasIntent = true;
  }

  #end(work: Work): void {
    switch (work.ending) {
      case 'dies':
        return this.die('signal SIGSEGV');
      case 'freezes':
        this.isFrozen = true;
        return;
      default:
        return this.#finish({ kind: 'failed', error: { code: 'TOOL_FAILED', message: 'The dice say so.', retryable: work.ending === 'fails' } });
    }
  }

  #save(what: { part: number | null; isFinal: boolean }, message: (seq: number) => FromWorker): void {
    const seq = (this.#seq += 1);
    if (this.#work !== undefined) this.#work.saving = { seq, ...what };
    this.#toEngine(message(seq));
  }

  #finish(outcome: Extract<FromWorker, { kind: 'done' }>['outcome']): void {
    const work = this.#work;
    if (work === undefined) return;
    this.#work = undefined;
    this.#ledger.ended(work.order.task.id, this.pid);
    this.#toEngine({ kind: 'done', ...this.#of(work), outcome });
  }

  #of({ order }: Work): { id: TaskId; attempt: number } {
    return { id: order.task.id, attempt: order.task.attempt };
  }
}

function outputOf(id: TaskId) {
  return { path: `/out/${id}`, tempPath: `/out/.${id}`, sizeBytes: 1, sha256: '0'.repeat(64) };
}

/** All workers of one engine. */
export class SimulatedWorkers {
  readonly #workers = new Set<SimulatedWorker>();
  readonly #chance: { readonly dice: Dice; readonly ledger: Ledger };
  #lastPid = 0;

  constructor(chance: { readonly dice: Dice; readonly ledger: Ledger }) {
    this.#chance = chance;
  }

  readonly start: StartWorkerProcess = () => {
    const worker = new SimulatedWorker((this.#lastPid += 1), this.#chance);
    this.#workers.add(worker);
    return worker;
  };

  /** One of those that have work goes a step on. */
  actOne(): void {
    this.#chance.dice.pick(this.#busy())?.act();
  }

  actAll(): void {
    for (const worker of this.#busy()) worker.act();
  }

  /** One process dies under its task. */
  killOne(): void {
    this.#chance.dice.pick(this.#busy())?.die('signal SIGSEGV');
  }

  /** With their engine. */
  vanishAll(): void {
    for (const worker of this.#workers) worker.vanish();
    this.#workers.clear();
  }

  #busy(): SimulatedWorker[] {
    for (const worker of this.#workers) if (!worker.isAlive) this.#workers.delete(worker);
    return [...this.#workers].filter(({ taskId }) => taskId !== undefined);
  }
}
