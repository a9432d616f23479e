/** The way to `longhaul serve`: one WebSocket for calls and events, which comes back by itself. */
import type { Channel } from '../../shared/channels.ts';
import type { Envelope, WindowEvent } from '../../shared/contract.ts';
import { ApiError, disconnected } from './api-error.ts';
import type { Connection, Output, Transport } from './transport.ts';
import { uploadFiles } from './upload.ts';

/** The first pause before it connects again; doubled each time. */
const FIRST_BACKOFF_MS = 250;
/** A person who looks at a lost connection should not wait longer than this after the server is back. */
const MAX_BACKOFF_MS = 5_000;
/** How long a call waits for a connection that is not there: longer than a reload of the server takes. */
const CALL_WAIT_MS = 10_000;

export function createSocketTransport(location: Pick<Location, 'protocol' | 'host'>): Transport {
  const socket = new LastingSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
  return {
    call: (method, input) => socket.call(method, input),
    onEvent: (listener) => socket.onEvent(listener),
    onConnection: (listener) => socket.onConnection(listener),
    pathsOf: (files, options) => uploadFiles(files, options),
    fileUrl: ({ id, which, index }, options) => `/files/${id}/${which}/${index}${options?.isDownload === true ? '?download' : ''}`,
  };
}

interface Call {
  readonly text: string;
  readonly settle: (answer: unknown) => void;
  readonly fail: (error: ApiError) => void;
  isSent: boolean;
}

class LastingSocket {
  readonly #url: string;
  readonly #calls = new Map<number, Call>();
  readonly #eventListeners = new Set<(event: WindowEvent) => void>();
  readonly #connectionListeners = new Set<(connection: Connection) => void>();
  #socket: WebSocket | null = null;
  #connection: Connection | null = null;
  #backoffMs = FIRST_BACKOFF_MS;
  #lastId = 0;

  constructor(url: string) {
    this.#url = url;
    this.#connect();
  }

  call<M extends Channel>(method: M, input: unknown): Promise<Envelope<Output<M>>> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const settle = (answer: unknown) => {
        if (isEnvelope<M>(answer)) resolve(answer);
        else reject(new ApiError({ code: 'INTERNAL', message: 'Longhaul gave an answer that is not one.', retryable: false }));
      };
      this.#calls.set(id, { text: JSON.stringify({ id, method, input }), settle, fail: reject, isSent: false });
      setTimeout(() => this.#giveUpUnsent(id), CALL_WAIT_MS);
      this.#flush();
    });
  }

  onEvent(listener: (event: WindowEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  onConnection(listener: (connection: Connection) => void): () => void {
    this.#connectionListeners.add(listener);
    if (this.#connection !== null) listener(this.#connection);
    return () => this.#connectionListeners.delete(listener);
  }

  #connect(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#backoffMs = FIRST_BACKOFF_MS;
      this.#tell('connected');
      this.#flush();
    });
    socket.addEventListener('message', ({ data }) => this.#receive(data));
    socket.addEventListener('close', () => void this.#lost());
  }

  /** What was sent may or may not have been done: its caller is told. What was not sent waits for the next connection. */
  async #lost(): Promise<void> {
    this.#socket = null;
    for (const [id, call] of this.#calls) {
      if (!call.isSent) continue;
      this.#calls.delete(id);
      call.fail(disconnected());
    }
    if (this.#connection !== 'refused') this.#tell('lost');
    const pause = this.#backoffMs;
    this.#backoffMs = Math.min(MAX_BACKOFF_MS, pause * 2);
    if (await isRefused()) this.#tell('refused');
    setTimeout(() => this.#connect(), pause);
  }

  #tell(connection: Connection): void {
    if (this.#connection === connection) return;
    this.#connection = connection;
    for (const listener of this.#connectionListeners) listener(connection);
  }

  #flush(): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    for (const call of this.#calls.values()) {
      if (call.isSent) continue;
      call.isSent = true;
      this.#socket.send(call.text);
    }
  }

  #giveUpUnsent(id: number): void {
    const call = this.#calls.get(id);
    if (call === undefined || call.isSent) return;
    this.#calls.delete(id);
    call.fail(disconnected());
  }

  #receive(data: unknown): void {
    if (typeof data !== 'string') return;
    const message: unknown = JSON.parse(data);
    if (typeof message !== 'object' || message === null) return;
    if ('event' in message && isEvent(message.event)) {
      for (const listener of this.#eventListeners) listener(message.event);
      return;
    }
    if (!('id' in message) || typeof message.id !== 'number') return;
    const call = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    call?.settle(message);
  }
}

/** A browser does not say why a WebSocket was refused; a plain request does. */
async function isRefused(): Promise<boolean> {
  try {
    const { status } = await fetch('/api/getHost', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    return status === 401 || status === 403;
  } catch {
    // Nobody there: lost, not refused.
    return false;
  }
}

/** The host validated what it sends, and window and host are of one version: only the envelope is looked at. */
function isEnvelope<M extends Channel>(answer: unknown): answer is Envelope<Output<M>> {
  if (typeof answer !== 'object' || answer === null || !('ok' in answer)) return false;
  return answer.ok === true ? 'value' in answer : 'error' in answer && typeof answer.error === 'object';
}

function isEvent(event: unknown): event is WindowEvent {
  return typeof event === 'object' && event !== null && 'kind' in event && typeof event.kind === 'string';
}
