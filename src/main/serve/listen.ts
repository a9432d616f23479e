/** Finds a port on this computer's loopback. */
import type { Server } from 'node:http';
import { TaskError } from '../../shared/errors.ts';

/** Where the window is found when nobody says otherwise. No well-known program uses it. */
export const DEFAULT_PORT = 7460;
/** Ports after the default one that are tried. */
const TRIES = 20;
/** Only this computer reaches it. IPv4, so that `localhost` leads there on every system after at most one refused try. */
const LOOPBACK = '127.0.0.1';

/** Listens on the wanted port and no other; null: on the default one or the next that is free. 0: any free one. Gives the port. */
export async function listenOn(server: Server, wanted: number | null, defaultPort = DEFAULT_PORT): Promise<number> {
  const ports = wanted === null ? Array.from({ length: TRIES }, (_, step) => defaultPort + step) : [wanted];
  for (const port of ports) {
    if (await tryPort(server, port)) {
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : port;
    }
  }
  if (wanted === null) throw new TaskError('NOT_ALLOWED', `The ports ${String(defaultPort)} to ${String(defaultPort + TRIES - 1)} are all in use. Name a free one with --port.`);
  throw new TaskError('NOT_ALLOWED', `Port ${String(wanted)} is in use by another program, or this user may not use it. Choose another with --port, or leave --port away to get a free one.`);
}

/** False: the port is taken or reserved. */
async function tryPort(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      server.off('listening', succeed);
      const isTaken = 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
      if (isTaken) resolve(false);
      else reject(error);
    };
    const succeed = (): void => {
      server.off('error', fail);
      resolve(true);
    };
    server.once('error', fail);
    server.once('listening', succeed);
    server.listen({ port, host: LOOPBACK, exclusive: true });
  });
}
