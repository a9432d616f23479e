/** One program on a bus: says who it is, owns names, answers calls. */
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { KIND, readMessage, Writer, writeMessage, type Incoming, type Outgoing } from './message.ts';

/** What a call is answered with; null: there is no such method. */
export type Answer = Pick<Outgoing, 'signature' | 'body'> | null;

/** RequestName's flag to be told at once when somebody else has the name. */
const DO_NOT_QUEUE = 4;

export class BusConnection {
  readonly #socket: Socket;
  readonly #answer: (call: Incoming) => Answer;
  #unread = Buffer.alloc(0);
  #serial = 0;

  private constructor(socket: Socket, answer: (call: Incoming) => Answer) {
    this.#socket = socket;
    this.#answer = answer;
  }

  /** Connects to a bus that listens on a Unix socket, and takes names. */
  static async open(socketPath: string, names: readonly string[], answer: (call: Incoming) => Answer): Promise<BusConnection> {
    const socket = createConnection(socketPath);
    await once(socket, 'connect');
    const userId = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex');
    socket.write(`\0AUTH EXTERNAL ${userId}\r\n`);
    const said = await new Promise<string>((resolve) => void socket.once('data', (bytes: Buffer) => resolve(bytes.toString())));
    if (!said.startsWith('OK ')) throw new Error(`The bus refused: ${said}`);
    socket.write('BEGIN\r\n');
    const connection = new BusConnection(socket, answer);
    // A client that is killed takes its end of the bus along.
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => connection.#read(bytes));
    connection.#callBus('Hello');
    for (const name of names) connection.#callBus('RequestName', 'su', new Writer().text(name).uint32(DO_NOT_QUEUE).bytes());
    return connection;
  }

  send(message: Outgoing): void {
    this.#serial += 1;
    this.#socket.write(writeMessage(this.#serial, message));
  }

  close(): void {
    this.#socket.destroy();
  }

  #callBus(member: string, signature?: string, body?: Buffer): void {
    this.send({
      kind: KIND.call, path: '/org/freedesktop/DBus', interfaceName: 'org.freedesktop.DBus', member, destination: 'org.freedesktop.DBus',
      ...(signature === undefined || body === undefined ? {} : { signature, body }),
    });
  }

  #read(bytes: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, bytes]);
    for (let read = readMessage(this.#unread); read !== null; read = readMessage(this.#unread)) {
      this.#unread = this.#unread.subarray(read.length);
      if (read.message.kind === KIND.call) this.#reply(read.message);
    }
  }

  #reply(call: Incoming): void {
    const to = { replySerial: call.serial, destination: call.sender };
    const answer = this.#answer(call);
    this.send(answer === null ? { kind: KIND.error, errorName: 'org.freedesktop.DBus.Error.UnknownMethod', ...to } : { kind: KIND.reply, ...to, ...answer });
  }
}
