import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import { createTestEngine, type TestEngine } from '../local/test-engine.ts';
import { keepEngine, type OpenEngine } from './engine-keeper.ts';

interface Opened {
  readonly engine: TestEngine;
  readonly open: OpenEngine;
  readonly holds: boolean[];
  isClosed: boolean;
  /** The other process is gone. */
  readonly end: () => void;
}

function opened(recoveredTasks = 0): Opened {
  const engine = createTestEngine();
  const over = Promise.withResolvers<void>();
  const holds: boolean[] = [];
  const it: Opened = {
    engine, holds, isClosed: false, end: over.resolve,
    open: {
      api: engine.api, on: engine.on, setHold: (_, isHeld) => { holds.push(isHeld); }, recoveredTasks, over: over.promise,
      close: () => {
        it.isClosed = true;
        return Promise.resolve();
      },
    },
  };
  return it;
}

const never = (): Promise<never> => new Promise(() => undefined);
const owned = new TaskError('STORE_OWNED', 'Process 7 has it.');

describe('the engine of the shell', () => {
  it('lets calls wait until it is open', async () => {
    const opening = Promise.withResolvers<OpenEngine>();
    const keeper = keepEngine({ open: () => opening.promise, afterTrouble: never });
    const asked = keeper.api.addTasks({ tasks: [{ input: '/a.mp4', recipe: 'mp3' }] });
    const first = opened(3);
    opening.resolve(first.open);
    expect((await asked).tasks).toHaveLength(1);
    expect([first.engine.tasks.size, await keeper.recoveredTasks()]).toEqual([1, 3]);
  });

  it('is tried again after trouble, and calls that came before are answered', async () => {
    const first = opened();
    const troubles: string[] = [];
    const tries = [() => Promise.reject(owned), () => Promise.reject(owned), () => Promise.resolve(first.open)];
    const keeper = keepEngine({ open: () => tries.shift()?.() ?? never(), afterTrouble: (error) => Promise.resolve(void troubles.push(error.code)) });
    expect((await keeper.api.getStatus({})).isRunning).toBe(true);
    expect(troubles).toEqual(['STORE_OWNED', 'STORE_OWNED']);
  });

  it('is opened here when the process that had it is gone; listeners stay, and it hears what holds it', async () => {
    const [others, own] = [opened(), opened()];
    const opens = [others.open, own.open];
    const keeper = keepEngine({ open: () => Promise.resolve(opens.shift() ?? others.open), afterTrouble: never });
    const heard: EngineEvent['kind'][] = [];
    keeper.on(({ kind }) => { heard.push(kind); });
    keeper.setHold('battery', true);
    await keeper.api.getStatus({});
    others.engine.emit({ kind: 'idle' });
    others.end();
    await turn();
    await keeper.api.addTasks({ tasks: [{ input: '/a.mp4', recipe: 'mp3' }] });
    own.engine.emit({ kind: 'models' });
    expect([others.engine.tasks.size, own.engine.tasks.size]).toEqual([0, 1]);
    // Settings: to look at everything again.
    expect(heard).toEqual(['idle', 'settings', 'models']);
    expect([others.holds.at(-1), own.holds.at(-1)]).toEqual([true, true]);
  });

  it('closes what is only just opening', async () => {
    const opening = Promise.withResolvers<OpenEngine>();
    const keeper = keepEngine({ open: () => opening.promise, afterTrouble: never });
    const closed = keeper.close();
    const first = opened();
    opening.resolve(first.open);
    await closed;
    expect(first.isClosed).toBe(true);
  });

  it('has nothing to close where it can not be opened', async () => {
    const keeper = keepEngine({ open: () => Promise.reject(owned), afterTrouble: never });
    await expect(keeper.close()).resolves.toBeUndefined();
  });
});
