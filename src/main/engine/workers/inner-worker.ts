/** A worker without a process of its own: what works on the engine itself runs inside it. */
import { serveAttempts, type RunOne } from './serve.ts';
import type { StartWorkerProcess } from './worker-process.ts';

/**
 * Speaks the protocol of a worker process, a turn later as a process would. It shares its fate with the engine, and nothing can end its
 * code from outside: kill stops the attempt by its signal, and whoever holds the worker hears that it is lost.
 */
export function startInside(runOne: RunOne): StartWorkerProcess {
  return () => {
    const toEngine: ((message: unknown) => void)[] = [];
    const toWorker: ((message: unknown) => void)[] = [];
    const exits: ((how: string) => void)[] = [];
    let isEnded = false;
    const served = serveAttempts(runOne, {
      send: (message) => queueMicrotask(() => {
        if (!isEnded) for (const listener of toEngine) listener(message);
      }),
      onMessage: (listener) => void toWorker.push(listener),
    });
    return {
      pid: undefined,
      send: (message) => queueMicrotask(() => {
        if (!isEnded) for (const listener of toWorker) listener(message);
      }),
      onMessage: (listener) => void toEngine.push(listener),
      onExit: (listener) => void exits.push(listener),
      kill: () => {
        if (isEnded) return;
        isEnded = true;
        served.end();
        for (const listener of exits) listener('ended');
      },
    };
  };
}
