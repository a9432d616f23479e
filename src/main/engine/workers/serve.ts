/** The worker's side of the protocol: takes one order at a time, runs it with the handler of its type, answers. */
import { TaskError } from '../../../shared/errors.ts';
import type { Handler } from '../handlers/handler.ts';
import { observeTools } from '../media/child.ts';
import { processStartStamp } from '../media/process-stamp.ts';
import { shellCommand } from '../media/shell-command.ts';
import { runAttempt, type AttemptPort } from './attempt.ts';
import type { EngineChannel } from './engine-channel.ts';
import { toWorker, type AttemptOutcome, type FromWorker, type RunOrder } from './protocol.ts';

/** Runs one attempt to its outcome; never throws. */
export type RunOne = (order: RunOrder, port: AttemptPort, signal: AbortSignal) => Promise<AttemptOutcome>;

/** Serves orders until the process ends. */
export function serveOrders(handlers: ReadonlyMap<string, Handler>, channel: EngineChannel): void {
  const { log } = serveAttempts(runWith(handlers), channel);
  reportTools(channel, log);
}

/** Each order by the handler of its type. */
export function runWith(handlers: ReadonlyMap<string, Handler>): RunOne {
  return (order, port, signal) => {
    const handler = handlers.get(order.task.type);
    if (handler) return runAttempt(order, handler, port, signal);
    return Promise.resolve({ kind: 'failed', error: new TaskError('INTERNAL', `No handler for ${order.task.type}.`).toShape() });
  };
}

/** Serves orders with what runs one. log: a line for the attempt under way. end: stops that attempt; what it still says is nobody's concern. */
export function serveAttempts(runOne: RunOne, channel: EngineChannel): { log: (line: string) => void; end: () => void } {
  let current: Attempt | undefined;
  channel.onMessage((raw) => {
    const message = toWorker.parse(raw);
    if (message.kind === 'run') {
      const attempt = new Attempt(message, channel);
      current = attempt;
      void attempt.run(runOne).then(() => {
        if (current === attempt) current = undefined;
      });
    } else if (message.kind === 'saved') current?.saved(message.seq, message.isSaved);
    else if (message.kind === 'heartbeatEvery') current?.beatEvery(message.heartbeatMs);
    else current?.stop(message.reason);
  });
  channel.send({ kind: 'ready' });
  return { log: (line) => current?.log(line), end: () => current?.stop('ended') };
}

/** It is a file to read and to parse, and tasks may be over in less time than that takes. */
const RSS_LASTS_MS = 20;
let rss = { bytes: 0, atMs: Number.NEGATIVE_INFINITY };

/** Memory that this process holds, or held a moment ago. */
function rssBytes(): number {
  const nowMs = performance.now();
  if (nowMs - rss.atMs > RSS_LASTS_MS) rss = { bytes: process.memoryUsage.rss(), atMs: nowMs };
  return rss.bytes;
}

class Attempt implements AttemptPort {
  readonly #order: RunOrder;
  readonly #channel: EngineChannel;
  readonly #of: { readonly id: number; readonly attempt: number };
  readonly #abort = new AbortController();
  readonly #saves = new Map<number, { resolve: () => void; reject: (error: Error) => void }>();
  #maySave = false;
  #seq = 0;
  #beat: NodeJS.Timeout | undefined;

  constructor(order: RunOrder, channel: EngineChannel) {
    this.#order = order;
    this.#channel = channel;
    this.#of = { id: order.task.id, attempt: order.task.attempt };
  }

  async run(runOne: RunOne): Promise<void> {
    this.beatEvery(this.#order.heartbeatMs);
    const outcome = await runOne(this.#order, this, this.#abort.signal);
    clearInterval(this.#beat);
    this.#channel.send({ kind: 'done', ...this.#of, rssBytes: rssBytes(), outcome });
  }

  stop(reason: string): void {
    // Who has worked too long may still write down how far it got.
    this.#maySave = reason === 'softLimit';
    this.#abort.abort(new TaskError('STOPPED', `The attempt was stopped (${reason}).`));
    if (this.#maySave) return;
    // Saves that are under way may never be answered: the engine that asks to stop may be closing.
    for (const { reject } of this.#saves.values()) reject(new TaskError('STOPPED', 'The attempt was stopped.'));
    this.#saves.clear();
  }

  saved(seq: number, isSaved: boolean): void {
    const waiting = this.#saves.get(seq);
    this.#saves.delete(seq);
    if (isSaved) waiting?.resolve();
    else waiting?.reject(new TaskError('LEASE_LOST', 'Another attempt has taken this task over; this one ends.'));
  }

  beatEvery(heartbeatMs: number): void {
    clearInterval(this.#beat);
    this.#beat = setInterval(() => this.#channel.send({ kind: 'alive', ...this.#of, rssBytes: rssBytes() }), heartbeatMs);
  }

  savePlan(plan: unknown, partsTotal: number): Promise<void> {
    return this.#save((seq) => ({ kind: 'savePlan', ...this.#of, seq, plan, partsTotal }));
  }

  savePart(index: number, part: unknown): Promise<void> {
    return this.#save((seq) => ({ kind: 'savePart', ...this.#of, seq, index, part }));
  }

  saveIntent(outputs: Parameters<AttemptPort['saveIntent']>[0]): Promise<void> {
    return this.#save((seq) => ({ kind: 'saveIntent', ...this.#of, seq, outputs: outputs === null ? null : [...outputs] }));
  }

  saveDocument(document: unknown): Promise<void> {
    return this.#save((seq) => ({ kind: 'saveDocument', ...this.#of, seq, document }));
  }

  progress(current: number, total: number, message: string): void {
    this.#channel.send({ kind: 'progress', ...this.#of, current, total, message });
  }

  estimate(estimate: Parameters<AttemptPort['estimate']>[0]): void {
    this.#channel.send({ kind: 'estimate', ...this.#of, estimate });
  }

  log(line: string): void {
    this.#channel.send({ kind: 'log', ...this.#of, line });
  }

  warn(sentence: string): void {
    this.#channel.send({ kind: 'warn', ...this.#of, sentence });
  }

  #save(message: (seq: number) => FromWorker): Promise<void> {
    if (!this.#maySave) this.#abort.signal.throwIfAborted();
    const seq = (this.#seq += 1);
    return new Promise((resolve, reject) => {
      this.#saves.set(seq, { resolve, reject });
      this.#channel.send(message(seq));
    });
  }
}

/** Tells the engine of every child, with the stamp by which it is known again after a crash, and the task's log what was started. */
function reportTools(channel: EngineChannel, log: (line: string) => void): void {
  const stamps = new Map<number, string>();
  observeTools({
    started: (pid, { path, args }) => {
      log(`$ ${shellCommand(path, args)}`);
      void processStartStamp(pid).then((startStamp) => {
        if (startStamp === null) return;
        stamps.set(pid, startStamp);
        channel.send({ kind: 'toolStarted', pid, startStamp });
      });
    },
    ended: (pid) => {
      const startStamp = stamps.get(pid);
      stamps.delete(pid);
      if (startStamp !== undefined) channel.send({ kind: 'toolEnded', pid, startStamp });
    },
  });
}
