/** Starts the engine's workers as Electron's utility processes: they need no Node of their own, and end with this process. */
import { utilityProcess } from 'electron/main';
import type { EngineOptions } from '../engine/index.ts';

type StartWorker = NonNullable<NonNullable<EngineOptions['work']>['startWorker']>;

/** The engine asks a worker to stop before it ends it, so that the worker's tools are ended too. */
export const startUtilityWorker: StartWorker = (entryPath, onOutput) => {
  const child = utilityProcess.fork(entryPath, [], { stdio: ['ignore', 'pipe', 'pipe'], serviceName: 'Longhaul worker' });
  const exits: ((how: string) => void)[] = [];
  /** What is said before the process runs, or that it shall end at once. */
  let waiting: object[] | null = [];
  let isUnwanted = false;
  let ended: string | undefined;

  child.on('spawn', () => {
    for (const message of waiting ?? []) child.postMessage(message);
    waiting = null;
    if (isUnwanted) endAtOnce();
  });
  child.on('exit', (code) => {
    ended = `exit code ${String(code)}`;
    for (const listener of exits) listener(ended);
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: unknown) => { String(chunk).split('\n').filter((line) => line !== '').forEach(onOutput); });
  }

  /** kill() is a request on some systems and may block this process (electron#45053); the system's own way does neither. */
  function endAtOnce(): void {
    if (child.pid === undefined || ended !== undefined) return;
    try {
      process.kill(child.pid, 'SIGKILL');
    } catch {
      // Gone already; its exit is on the way.
    }
  }

  return {
    get pid() { return child.pid; },
    send: (message) => {
      // After its exit a message would be an error, in some versions a fatal one (electron#53923).
      if (ended !== undefined) return;
      if (waiting === null) child.postMessage(message);
      else waiting.push(message);
    },
    onMessage: (listener) => { child.on('message', listener); },
    onExit: (listener) => {
      if (ended === undefined) exits.push(listener);
      else listener(ended);
    },
    kill: () => {
      isUnwanted = true;
      endAtOnce();
    },
  };
};
