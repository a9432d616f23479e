/** One window's WebSocket: calls come in, are worked on side by side and answered as they are done; events go out. */
import type { RawData, WebSocket } from 'ws';
import * as z from 'zod';
import { failure, type Dispatch } from '../host/dispatch.ts';
import { TaskError } from '../../shared/errors.ts';

const callFrame = z.object({ id: z.union([z.int(), z.string().max(100)]), method: z.string(), input: z.unknown().optional() });
type CallFrame = z.infer<typeof callFrame>;

/**
 * Calls whose answers have not left for the network yet. More wait, and the socket is not read meanwhile: a client that asks and does not
 * read the answers fills this many places and no more memory.
 */
const MAX_OPEN_CALLS = 32;
/** Events that wait for a client. One that is further behind is cut off; it comes back and takes a new snapshot. */
export const MAX_WAITING_EVENT_BYTES = 8 * 1024 * 1024;
/** RFC 6455, 7.4.1: the message is none that this server understands. */
const UNSUPPORTED_DATA = 1003;

export class SocketClient {
  readonly #socket: WebSocket;
  readonly #dispatch: Dispatch;
  #openCalls = 0;
  /** Calls that came in the same piece of data as the one that took the last place. */
  readonly #waitingCalls: CallFrame[] = [];
  #waitingEventBytes = 0;
  #isAlive = true;

  constructor(socket: WebSocket, dispatch: Dispatch) {
    this.#socket = socket;
    this.#dispatch = dispatch;
    socket.on('message', (data, isBinary) => { this.#take(data, isBinary); });
    socket.on('pong', () => { this.#isAlive = true; });
    // The close that follows says all there is to say.
    socket.on('error', () => { socket.terminate(); });
  }

  /** Sends an event; `text` is its frame, encoded once for all clients. */
  publish(text: string, sizeBytes: number): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#waitingEventBytes += sizeBytes;
    if (this.#waitingEventBytes > MAX_WAITING_EVENT_BYTES) {
      this.#socket.terminate();
      return;
    }
    this.#socket.send(text, () => {
      this.#waitingEventBytes -= sizeBytes;
      this.#isAlive = true;
    });
  }

  /** Cuts a client off that gave no sign since the last time, neither an answer to a ping nor by reading on; asks it for the next. */
  checkPulse(): void {
    // While nothing waits for it, a client from which nothing is read owes no sign.
    const owesSign = !this.#socket.isPaused || this.#socket.bufferedAmount > 0;
    if (!this.#isAlive && owesSign) {
      this.#socket.terminate();
      return;
    }
    this.#isAlive = false;
    this.#socket.ping();
  }

  #take(data: RawData, isBinary: boolean): void {
    this.#isAlive = true;
    const frame = isBinary ? undefined : parseFrame(data);
    if (frame === undefined) {
      this.#socket.close(UNSUPPORTED_DATA, 'not a call');
      return;
    }
    this.#waitingCalls.push(frame);
    this.#startCalls();
  }

  #startCalls(): void {
    while (this.#openCalls < MAX_OPEN_CALLS) {
      const next = this.#waitingCalls.shift();
      if (next === undefined) break;
      this.#openCalls += 1;
      void this.#answer(next);
    }
    if (this.#openCalls >= MAX_OPEN_CALLS) this.#socket.pause();
    else if (this.#socket.isPaused) this.#socket.resume();
  }

  async #answer({ id, method, input }: CallFrame): Promise<void> {
    const envelope = await this.#dispatch(method, input ?? {});
    this.#socket.send(encode({ id, ...envelope }, id), (error) => {
      this.#openCalls -= 1;
      // The client is gone; what it asked besides is of no use.
      if (error) return;
      this.#isAlive = true;
      this.#startCalls();
    });
  }
}

function parseFrame(data: RawData): CallFrame | undefined {
  if (!Buffer.isBuffer(data)) return undefined;
  try {
    return callFrame.safeParse(JSON.parse(data.toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** V8 has a limit for one text (512 MB); an answer beyond it is an error of that call, not of the server. */
function encode(answer: unknown, id: number | string): string {
  try {
    return JSON.stringify(answer);
  } catch (error) {
    return JSON.stringify({ id, ...failure(new TaskError('USAGE', 'The answer is too long to be sent at once. Ask for fewer tasks.', { cause: error })) });
  }
}
