/** The engine as the rest of the shell sees it: there at once, also while it is still opening, or while another process has the queue. */
import type { EngineApi, EngineEvent } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import type { HostHold } from '../engine/index.ts';
import { isEngineApi, METHOD_NAMES } from '../local/wire.ts';

/** An engine that is open: this process's own, or another's over its socket. */
export interface OpenEngine {
  readonly api: EngineApi;
  on(listener: (event: EngineEvent) => void): () => void;
  /** Nothing where the engine is another process's. */
  readonly setHold: ((hold: HostHold, isHeld: boolean) => void) | null;
  /** Tasks that this start found interrupted and took up again. */
  readonly recoveredTasks: number;
  /** Settles when another process's engine is gone; never for an own one. */
  readonly over: Promise<unknown>;
  close(): Promise<void>;
}

export interface KeeperOptions {
  /** Rejects with a TaskError that says why the queue can't be opened. */
  readonly open: () => Promise<OpenEngine>;
  /** Settles when it is worth another try; never when the user chose to quit. */
  readonly afterTrouble: (error: TaskError) => Promise<void>;
}

export interface EngineKeeper {
  /** Waits for the engine, however long it takes. */
  readonly api: EngineApi;
  /** Goes on over a change of engines. Gives back what ends it. */
  on(listener: (event: EngineEvent) => void): () => void;
  /** The machine runs on battery, is hot, is used by somebody, or not any more; whether work then waits is a setting of the engine. */
  setHold(hold: HostHold, isHeld: boolean): void;
  recoveredTasks(): Promise<number>;
  /** Interrupts running work safely, saves, closes. Safe to call twice. */
  close(): Promise<void>;
}

export function keepEngine({ open, afterTrouble }: KeeperOptions): EngineKeeper {
  const listeners = new Set<(event: EngineEvent) => void>();
  const holds = new Map<HostHold, boolean>();
  let isClosed = false;
  /** The newest try. */
  let opening = open();
  let current = openSteadily();

  async function openSteadily(): Promise<OpenEngine> {
    for (;; opening = open()) {
      try {
        return take(await opening);
      } catch (thrown) {
        await afterTrouble(TaskError.from(thrown));
      }
    }
  }

  function take(engine: OpenEngine): OpenEngine {
    engine.on((event) => { for (const listener of listeners) listener(event); });
    for (const [hold, isHeld] of holds) engine.setHold?.(hold, isHeld);
    void engine.over.then(() => {
      if (isClosed) return;
      opening = open();
      current = openSteadily();
      // Everybody who keeps an image of the list asks for it again: the next deltas are of another epoch.
      void current.then(() => { for (const listener of listeners) listener({ kind: 'settings' }); });
    });
    return engine;
  }

  const api = Object.fromEntries(METHOD_NAMES.map((method) => [method, async (input: unknown): Promise<unknown> => {
    const engine = await current;
    const answer: unknown = await Reflect.apply(engine.api[method], engine.api, [input]);
    return answer;
  }]));
  if (!isEngineApi(api)) throw new TaskError('INTERNAL', 'The shell lacks a method of the contract.');

  return {
    api,
    on: (listener) => {
      listeners.add(listener);
      return () => { listeners.delete(listener); };
    },
    setHold: (hold, isHeld) => {
      holds.set(hold, isHeld);
      void current.then((engine) => { engine.setHold?.(hold, isHeld); });
    },
    recoveredTasks: async () => (await current).recoveredTasks,
    close: async () => {
      isClosed = true;
      // One that is just opening is closed as soon as it is open; one that could not be has nothing to close.
      const [engine] = await Promise.allSettled([opening]);
      if (engine.status === 'fulfilled') await engine.value.close();
    },
  };
}
