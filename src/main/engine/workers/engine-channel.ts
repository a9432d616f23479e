/** The worker's end of the channel to its engine, over whatever its host started it with. */
import * as z from 'zod';
import type { FromWorker } from './protocol.ts';

/** The channel to the engine, whatever carries it. */
export interface EngineChannel {
  send(message: FromWorker): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** What Electron's utilityProcess puts on its process (electronjs.org/docs/latest/api/parent-port); known by its shape, so that nothing of Electron is imported. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
}

const parentPort = z.custom<ParentPort>((value) => typeof value === 'object' && value !== null && ['postMessage', 'on'].every((name) => typeof Reflect.get(value, name) === 'function'));

/** Under Electron's utilityProcess its port, under plain Node the IPC of fork; there the process ends with its engine, which Electron sees to itself. */
export function openEngineChannel(host: NodeJS.Process): EngineChannel {
  const port = parentPort.safeParse(Reflect.get(host, 'parentPort')).data;
  if (port !== undefined) {
    return {
      send: (message) => port.postMessage(message),
      onMessage: (listener) => void port.on('message', ({ data }) => listener(data)),
    };
  }
  host.on('disconnect', () => host.exit(0));
  return {
    send: (message) => void host.send?.(message),
    onMessage: (listener) => void host.on('message', listener),
  };
}
