/** Lets other processes of the same user act on the engine that owns a data folder. */
import { randomBytes } from 'node:crypto';
import { chmod, unlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import type { EngineApi, EngineEvent } from '../../shared/contract.ts';
import { Connection } from './connection.ts';
import { encodeFrame } from './frames.ts';
import { hostFacts, makeSocketDir, removeRendezvous, removeStaleSocket, socketPathFor, writeRendezvous, type HostFacts } from './rendezvous.ts';

/** Each may hold one request in memory; scripts open a handful. */
const MAX_CONNECTIONS = 256;
/** How long clients get to take their last answer when the engine stops. */
const FAREWELL_MS = 2_000;
/** Clients give up after five of these without a word. */
const TICK_MS = 1_000;
/** Not to be guessed: 256 bits. */
const TOKEN_BYTES = 32;

export interface LocalServerOptions {
  readonly api: EngineApi;
  /** Subscribes to the engine's events; gives back what ends it. */
  readonly on: (listener: (event: EngineEvent) => void) => () => void;
  readonly dataDir: string;
  readonly version: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly host?: HostFacts;
  readonly tickMs?: number;
}

export interface LocalServer {
  readonly socketPath: string;
  /** Takes no new request, answers those in work, and is gone. */
  close(): Promise<void>;
}

/** Starts to listen. Call it only while this process holds the data folder's lock: it takes away what a killed owner left. */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const host = options.host ?? hostFacts();
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const socketPath = await socketPathFor(options.dataDir, host);
  await makeSocketDir(socketPath, host);
  await removeStaleSocket(socketPath, host);
  const connections = new Set<Connection>();
  const followers = new Set<Connection>();
  const server = createServer((socket) => {
    const connection = new Connection(socket, {
      api: options.api, token, pid: process.pid, version: options.version, tickMs: options.tickMs ?? TICK_MS,
      onSubscribe: (it) => { followers.add(it); },
    });
    connections.add(connection);
    socket.on('error', () => { connection.destroy(); });
    socket.on('close', () => { connections.delete(connection); followers.delete(connection); });
    void connection.serve();
  });
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, socketPath);
  if (host.platform !== 'win32') await chmod(socketPath, 0o600);
  const stopFollowing = options.on((event) => { publish(event, followers); });
  await writeRendezvous(options.dataDir, { pid: process.pid, socketPath, token, startedAt: options.startedAt });

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stopFollowing();
    const ended = endAll(server, connections);
    await removeRendezvous(options.dataDir, token);
    await ended;
    if (host.platform !== 'win32') await unlink(socketPath).catch(() => undefined);
  };
  return { socketPath, close: () => (closing ??= close()) };
}

/** Encodes an event once, however many follow. */
function publish(event: EngineEvent, followers: ReadonlySet<Connection>): void {
  if (followers.size === 0) return;
  const line = encodeFrame({ event });
  for (const follower of followers) follower.publish(event, line);
}

async function listen(server: Server, socketPath: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function endAll(server: Server, connections: ReadonlySet<Connection>): Promise<void> {
  const closed = new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
  for (const connection of connections) connection.finish();
  const timer = setTimeout(() => {
    for (const connection of connections) connection.destroy();
  }, FAREWELL_MS);
  await closed;
  clearTimeout(timer);
}
