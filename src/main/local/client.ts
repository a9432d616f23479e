/** Talks to the process that owns a data folder, as if its engine were here. */
import { lstat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { METHODS, type EngineApi, type EngineEvent, type MethodName } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import { FrameReader, MAX_FRAME_BYTES, encodeFrame } from './frames.ts';
import { assertPrivateDir, hostFacts, readRendezvous, type HostFacts, type Rendezvous } from './rendezvous.ts';
import { METHOD_NAMES, PROTOCOL, isEngineApi, serverFrame, type AnswerFrame, type ServerFrame } from './wire.ts';

/** The server ticks every second while it works: after five it hangs or is stopped. */
const SILENCE_LIMIT_MS = 5_000;
/** Silence is counted in looks, so that a laptop's sleep or a blocked loop here is not taken for the server's silence. */
const LOOKS = 10;

export interface LocalClient {
  readonly api: EngineApi;
  /** Follows what happens there; gives back what ends it. */
  on(listener: (event: EngineEvent) => void): () => void;
  /** Settles when the connection is over, with the reason. */
  readonly over: Promise<TaskError>;
  close(): void;
  readonly pid: number;
}

/** The engine went away before it answered. `wasTaken`: it may have done what was asked. */
export class EngineGone extends TaskError {
  readonly wasTaken: boolean;

  constructor(pid: number, wasTaken: boolean) {
    super('STORE_OWNED', wasTaken
      ? `The engine in process ${String(pid)} ended before it answered. Look with \`longhaul list\` whether it still did what you asked.`
      : `The engine in process ${String(pid)} is stopping. Try again in a moment.`, { retryable: !wasTaken });
    this.wasTaken = wasTaken;
  }
}

/** Null: nobody listens. Throws STORE_OWNED where somebody does but does not answer or refuses. */
export async function connectLocal(options: { dataDir: string; host?: HostFacts; silenceLimitMs?: number }): Promise<LocalClient | null> {
  const found = await readRendezvous(options.dataDir);
  if (found === null) return null;
  await assertOwners(options.dataDir, found, options.host ?? hostFacts());
  const socket = await openSocket(found.socketPath);
  if (socket === null) return null;
  const client = new Client(socket, found, options.silenceLimitMs ?? SILENCE_LIMIT_MS);
  await client.greet();
  return client;
}

/** The socket's folder must belong to whoever wrote engine.json, and to nobody else. */
async function assertOwners(dataDir: string, found: Rendezvous, host: HostFacts): Promise<void> {
  if (host.platform === 'win32') return;
  const file = await lstat(join(dataDir, 'engine.json')).catch(() => null);
  const dir = await lstat(dirname(found.socketPath)).catch(() => null);
  if (file !== null && dir !== null) await assertPrivateDir(dirname(found.socketPath), file.uid);
}

/** Null when nobody listens at the path. */
async function openSocket(path: string): Promise<Socket | null> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => { resolve(socket); });
    socket.once('error', (error) => {
      const isAbsent = 'code' in error && (error.code === 'ECONNREFUSED' || error.code === 'ENOENT');
      if (isAbsent) resolve(null);
      else reject(new TaskError('STORE_OWNED', `The engine's socket ${path} can't be opened: ${error.message}.`, { cause: error, retryable: true }));
    });
  });
}

interface Pending {
  readonly method: MethodName;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: TaskError) => void;
}

class Client implements LocalClient {
  readonly pid: number;
  readonly api: EngineApi;
  readonly over: Promise<TaskError>;
  readonly #socket: Socket;
  readonly #token: string;
  readonly #reader = new FrameReader(MAX_FRAME_BYTES);
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #greeting: { resolve: () => void; reject: (error: TaskError) => void } | null = null;
  #lastId = 0;
  #isSubscribed = false;
  #silentLooks = 0;
  #isOver = false;
  #settleOver: (error: TaskError) => void = () => undefined;

  constructor(socket: Socket, found: Rendezvous, silenceLimitMs: number) {
    this.#socket = socket;
    this.#token = found.token;
    this.pid = found.pid;
    this.over = new Promise((resolve) => { this.#settleOver = resolve; });
    this.api = this.#buildApi();
    socket.on('data', (chunk) => { this.#read(chunk); });
    socket.on('error', () => { this.#end(this.#gone()); });
    socket.on('close', () => { this.#end(this.#gone()); });
    const looking = setInterval(() => { this.#look(); }, silenceLimitMs / LOOKS);
    void this.over.then(() => { clearInterval(looking); });
  }

  /** Settles when the server has accepted the token. */
  async greet(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#greeting = { resolve, reject };
      this.#send({ hello: { protocol: PROTOCOL, token: this.#token } });
    });
  }

  on(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    if (!this.#isSubscribed) this.#send({ subscribe: true });
    this.#isSubscribed = true;
    return () => { this.#listeners.delete(listener); };
  }

  close(): void {
    this.#end(new TaskError('STOPPED', 'The connection was closed here.'));
  }

  /** One function a method, by a loop over the contract. */
  #buildApi(): EngineApi {
    const api = Object.fromEntries(METHOD_NAMES.map((method) => [method, (input: unknown) => this.#call(method, input)]));
    if (!isEngineApi(api)) throw new TaskError('INTERNAL', 'The client lacks a method of the contract.');
    return api;
  }

  async #call(method: MethodName, input: unknown): Promise<unknown> {
    if (this.#isOver) throw new EngineGone(this.pid, false);
    return new Promise((resolve, reject) => {
      const id = (this.#lastId += 1);
      this.#pending.set(id, { method, resolve, reject });
      this.#send({ id, method, input });
    });
  }

  #send(frame: unknown): void {
    if (!this.#isOver) this.#socket.write(encodeFrame(frame));
  }

  #read(chunk: Buffer | string): void {
    this.#silentLooks = 0;
    try {
      for (const frame of this.#reader.push(Buffer.from(chunk))) this.#take(serverFrame.parse(frame));
    } catch (error) {
      this.#end(new TaskError('STORE_OWNED', `The engine in process ${String(this.pid)} answered something this version does not understand. Use the same version of longhaul.`, { cause: error }));
    }
  }

  #take(frame: ServerFrame): void {
    if ('id' in frame) this.#settle(frame);
    else if ('event' in frame) for (const listener of this.#listeners) listener(frame.event);
    else if ('welcome' in frame) this.#enter();
    else if ('refused' in frame) this.#end(TaskError.fromShape(frame.refused));
    else if ('bye' in frame) this.#end(this.#gone(), frame.bye.lastId);
  }

  #enter(): void {
    this.#greeting?.resolve();
    this.#greeting = null;
  }

  #settle(answer: AnswerFrame): void {
    const pending = this.#pending.get(answer.id);
    if (pending === undefined) return;
    this.#pending.delete(answer.id);
    if (!answer.ok) {
      pending.reject(TaskError.fromShape(answer.error));
      return;
    }
    const value = METHODS[pending.method].output.safeParse(answer.value);
    if (value.success) pending.resolve(value.data);
    else pending.reject(new TaskError('INTERNAL', `The engine's answer to ${pending.method} does not have the agreed shape. Use the same version of longhaul.`, { cause: value.error }));
  }

  #look(): void {
    const isWaiting = this.#pending.size > 0 || this.#greeting !== null;
    this.#silentLooks = isWaiting ? this.#silentLooks + 1 : 0;
    if (this.#silentLooks < LOOKS) return;
    this.#end(new TaskError('STORE_OWNED', `Process ${String(this.pid)} owns the data folder and does not answer. Wait until it does, or end it, then try again.`));
  }

  #gone(): EngineGone {
    return new EngineGone(this.pid, this.#greeting === null);
  }

  /** Requests with a number above takenUntil were never seen by the server. */
  #end(reason: TaskError, takenUntil = Number.POSITIVE_INFINITY): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#greeting?.reject(reason);
    for (const [id, pending] of this.#pending) {
      pending.reject(id > takenUntil ? new EngineGone(this.pid, false) : reason);
    }
    this.#pending.clear();
    this.#settleOver(reason);
    this.#socket.destroy();
  }
}
