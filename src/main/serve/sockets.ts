/** All windows' WebSockets: takes upgrades in, tells every window what happens, parts with those that are gone. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { WINDOW_EVENTS, type EngineEvent } from '../../shared/contract.ts';
import type { Dispatch } from '../host/dispatch.ts';
import { MAX_MESSAGE_BYTES } from './body.ts';
import { SocketClient } from './socket-client.ts';

/** Windows and scripts of one person. */
const MAX_CLIENTS = 64;
/** A laptop that went to sleep is parted with after two of these. */
const PULSE_MS = 30_000;
/** RFC 6455, 7.4.1: the server goes away. */
const GOING_AWAY = 1001;

export interface SocketsOptions {
  readonly dispatch: Dispatch;
  /** Subscribes to the engine's events; gives back what ends it. */
  readonly on: (listener: (event: EngineEvent) => void) => () => void;
  readonly pulseMs?: number;
}

export class Sockets {
  readonly #server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES, clientTracking: true });
  readonly #clients = new Set<SocketClient>();
  readonly #dispatch: Dispatch;
  readonly #stop: () => void;

  constructor({ dispatch, on, pulseMs = PULSE_MS }: SocketsOptions) {
    this.#dispatch = dispatch;
    const stopListening = on((event) => { this.#publish(event); });
    const pulse = setInterval(() => { for (const client of this.#clients) client.checkPulse(); }, pulseMs);
    this.#stop = () => {
      stopListening();
      clearInterval(pulse);
    };
  }

  get isFull(): boolean {
    return this.#clients.size >= MAX_CLIENTS;
  }

  get size(): number {
    return this.#clients.size;
  }

  /** Makes a request into a WebSocket. Who may do so was decided before. */
  accept(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(req, socket, head, (webSocket) => {
      const client = new SocketClient(webSocket, this.#dispatch);
      this.#clients.add(client);
      webSocket.on('close', () => { this.#clients.delete(client); });
    });
  }

  /** Says goodbye to all; they come back when there is a server again. */
  close(): void {
    this.#stop();
    for (const webSocket of this.#server.clients) webSocket.close(GOING_AWAY, 'the server stops');
    this.#server.close();
  }

  /** Cuts off who has not said goodbye. */
  terminate(): void {
    for (const webSocket of this.#server.clients) webSocket.terminate();
  }

  #publish(event: EngineEvent): void {
    if (this.#clients.size === 0 || !isWindowEvent(event)) return;
    const text = JSON.stringify({ event });
    const sizeBytes = Buffer.byteLength(text);
    for (const client of this.#clients) client.publish(text, sizeBytes);
  }
}

function isWindowEvent({ kind }: EngineEvent): boolean {
  return WINDOW_EVENTS.some((name) => name === kind);
}
