/** One client of the local server: shows its token, asks in order, and may follow the events. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { METHODS, type EngineApi, type EngineEvent, type MethodName } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import { FrameReader, MAX_FRAME_BYTES, MAX_HELLO_BYTES, encodeFrame } from './frames.ts';
import { PROTOCOL, clientFrame, helloFrame, isMethodName, type AnswerFrame, type ServerFrame } from './wire.ts';

/** A client that said nothing by then only holds a place. */
const HELLO_TIME_LIMIT_MS = 5_000;
/** Unsent bytes from which events are held back. */
const HIGH_WATER_BYTES = 1024 * 1024;
/** Events of different tasks held for a slow client; one that is further behind is cut off and may start again. */
const MAX_HELD_EVENTS = 5_000;

export interface ConnectionOptions {
  readonly api: EngineApi;
  readonly token: string;
  readonly pid: number;
  readonly version: string;
  /** While a request is worked on the client is told so this often. */
  readonly tickMs: number;
  /** The connection follows the events from now on. */
  readonly onSubscribe: (connection: Connection) => void;
}

/** Owns one socket. */
export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #reader = new FrameReader(MAX_HELLO_BYTES);
  /** Newest event by what it is about, for a client that reads too slowly. */
  readonly #held = new Map<string, string>();
  #isGreeted = false;
  #isBusy = false;
  #isFinishing = false;
  #lastId = 0;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('drain', () => { this.#flushHeld(); });
  }

  /** Serves the client until it leaves. Never throws: what it did wrong is told to it. */
  async serve(): Promise<void> {
    const timer = setTimeout(() => { this.#refuse(new TaskError('USAGE', 'No greeting came in time.')); }, HELLO_TIME_LIMIT_MS);
    try {
      for await (const chunk of this.#socket.iterator({ destroyOnReturn: false })) {
        if (!Buffer.isBuffer(chunk)) break;
        for (const frame of this.#reader.push(chunk)) {
          if (this.#isFinishing || this.#socket.destroyed) return;
          await this.#take(frame);
          if (this.#isGreeted) clearTimeout(timer);
        }
      }
    } catch (error) {
      this.#refuse(TaskError.from(error));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Passes an event on; `line` is its frame, encoded once for all. Held and merged while the client does not read. */
  publish(event: EngineEvent, line: string): void {
    if (this.#socket.destroyed || this.#isFinishing) return;
    if (this.#held.size === 0 && this.#socket.writableLength < HIGH_WATER_BYTES) {
      this.#socket.write(line);
      return;
    }
    if (event.kind === 'task') this.#held.delete(`progress:${String(event.task.id)}`);
    this.#held.set(keyOf(event), line);
    if (this.#held.size > MAX_HELD_EVENTS) this.#socket.destroy();
  }

  /** Lets the request in work be answered, says which was the last one taken, and ends. */
  finish(): void {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    if (!this.#isBusy) this.#sayBye();
  }

  /** Ends at once. */
  destroy(): void {
    this.#socket.destroy();
  }

  async #take(frame: unknown): Promise<void> {
    if (!this.#isGreeted) {
      this.#greet(frame);
      return;
    }
    const parsed = clientFrame.safeParse(frame);
    if (!parsed.success) throw new TaskError('USAGE', 'A message was refused because it is no request.');
    if ('subscribe' in parsed.data) {
      this.#options.onSubscribe(this);
      return;
    }
    const { id, method, input } = parsed.data;
    await this.#answer(id, method, input);
  }

  #greet(frame: unknown): void {
    const parsed = helloFrame.safeParse(frame);
    if (!parsed.success || !isSame(parsed.data.hello.token, this.#options.token)) {
      throw new TaskError('STORE_OWNED', 'The engine did not accept the greeting. Try again; if it stays so, stop that engine and start it anew.', { retryable: true });
    }
    const { pid, version } = this.#options;
    if (parsed.data.hello.protocol !== PROTOCOL) {
      throw new TaskError('STORE_OWNED', `The engine in process ${String(pid)} is Longhaul ${version}, which speaks another language. Stop it, or use the same version.`);
    }
    this.#isGreeted = true;
    this.#reader.allow(MAX_FRAME_BYTES);
    this.#send({ welcome: { pid, protocol: PROTOCOL, version } });
  }

  async #answer(id: number, method: string, input: unknown): Promise<void> {
    this.#isBusy = true;
    this.#lastId = id;
    const timer = setInterval(() => { this.#send({ tick: true }); }, this.#options.tickMs);
    try {
      const line = encodeAnswer(await this.#call(id, method, input));
      clearInterval(timer);
      await this.#write(line);
    } finally {
      clearInterval(timer);
      this.#isBusy = false;
      if (this.#isFinishing) this.#sayBye();
    }
  }

  async #call(id: number, method: string, input: unknown): Promise<AnswerFrame> {
    try {
      if (!isMethodName(method)) throw new TaskError('USAGE', `The engine has no method ${method.slice(0, 100)}. Use the same version of longhaul.`);
      return { id, ok: true, value: await callMethod(this.#options.api, method, input) };
    } catch (error) {
      return { id, ok: false, error: TaskError.from(error).toShape() };
    }
  }

  /** Settles when the client has taken in enough to be sent more: a client that does not read is not read from. */
  async #write(line: string): Promise<void> {
    if (this.#socket.destroyed || this.#socket.write(line)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.#socket.off('drain', go).off('close', go);
        resolve();
      };
      this.#socket.on('drain', go).on('close', go);
    });
  }

  #send(frame: ServerFrame): void {
    if (!this.#socket.destroyed && this.#socket.writableLength < HIGH_WATER_BYTES) this.#socket.write(encodeFrame(frame));
  }

  #flushHeld(): void {
    for (const [key, line] of this.#held) {
      if (this.#socket.writableLength >= HIGH_WATER_BYTES) return;
      this.#held.delete(key);
      this.#socket.write(line);
    }
  }

  #sayBye(): void {
    if (this.#socket.destroyed) return;
    this.#socket.end(encodeFrame({ bye: { lastId: this.#lastId } }));
  }

  #refuse(error: TaskError): void {
    if (!this.#socket.destroyed) this.#socket.end(encodeFrame({ refused: error.toShape() }));
  }
}

/** Calls a method with what came over the wire, after its schema has agreed. */
async function callMethod(api: EngineApi, method: MethodName, input: unknown): Promise<unknown> {
  const parsed = METHODS[method].input.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new TaskError('USAGE', `${method} can't be done with this: ${issue === undefined ? 'invalid input' : `${issue.path.join('.')}: ${issue.message}`}.`);
  }
  const answer: unknown = await Reflect.apply(api[method], api, [parsed.data]);
  return answer;
}

function encodeAnswer(answer: AnswerFrame): string {
  const line = encodeFrame(answer);
  if (Buffer.byteLength(line) <= MAX_FRAME_BYTES) return line;
  const error = new TaskError('USAGE', 'The answer is too long to be sent at once. Ask for fewer tasks, for example with --limit 1000.');
  return encodeFrame({ id: answer.id, ok: false, error: error.toShape() });
}

/** Of deltas only the newest is held: the gap in their numbers tells the client to take a new snapshot. */
function keyOf(event: EngineEvent): string {
  switch (event.kind) {
    case 'task': return `task:${String(event.task.id)}`;
    case 'progress': return `progress:${String(event.id)}`;
    case 'deadLetter': return `deadLetter:${String(event.letter.id)}`;
    case 'idle':
    case 'trouble':
    case 'settings':
    case 'models':
    case 'watches':
    case 'delta': return event.kind;
  }
}

/** Compares in constant time, whatever the lengths. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
