/** Queues as their user sets them: paused, hours, rates. */
import { METHODS, type EngineApi } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import type { QueueRules, QueueState } from '../../../shared/queue-contract.ts';
import type { QueueName } from '../../../shared/task.ts';
import { limitName, rulesName } from '../scheduler/queue-gates.ts';
import type { VerbParts } from './parts.ts';

type QueueVerbs = Pick<EngineApi, 'pauseQueue' | 'resumeQueue' | 'setQueue' | 'setRateLimit' | 'listQueues' | 'listRateLimits'>;

export function createQueueVerbs({ store, queueGates, status, events }: VerbParts): QueueVerbs {
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other, so that two changes of one queue at the same time both come about. */
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const mine = last.then(change);
    last = mine.catch(() => undefined);
    return mine;
  };

  const list = async (): Promise<QueueState[]> => (await status()).queues.map((queue) => ({ ...queueGates.rulesOf(queue.name), ...queue }));

  /** Takes effect when it is stored, so that it is never lost once it was seen to work. */
  const change = (name: QueueName, rules: Partial<QueueRules>): Promise<{ queue: QueueState }> => inTurn(async () => {
    const changed = { ...queueGates.rulesOf(name), ...rules };
    await store.setSetting(rulesName(name), JSON.stringify(changed));
    queueGates.setRules(name, changed);
    events.emit({ kind: 'settings' });
    const queue = (await list()).find((one) => one.name === name);
    if (queue === undefined) throw new TaskError('INTERNAL', `The queue ${name} is not among those of this engine.`);
    return { queue };
  });

  return {
    pauseQueue: (input) => {
      const { name, mode } = METHODS.pauseQueue.input.parse(input);
      return change(name, { pause: mode });
    },
    resumeQueue: (input) => change(METHODS.resumeQueue.input.parse(input).name, { pause: 'none' }),
    setQueue: (input) => {
      const { name, hours, atClose, rate } = METHODS.setQueue.input.parse(input);
      return change(name, { ...(hours === undefined ? {} : { hours }), ...(atClose === undefined ? {} : { atClose }), ...(rate === undefined ? {} : { rate }) });
    },
    setRateLimit: (input) => {
      const { key, rate } = METHODS.setRateLimit.input.parse(input);
      return inTurn(async () => {
        await store.setSetting(limitName(key), rate === null ? null : JSON.stringify(rate));
        queueGates.setLimit(key, rate);
        events.emit({ kind: 'settings' });
        return {};
      });
    },
    listQueues: async (input) => {
      METHODS.listQueues.input.parse(input);
      return { queues: await list() };
    },
    listRateLimits: (input) => {
      METHODS.listRateLimits.input.parse(input);
      return Promise.resolve({ limits: queueGates.limits });
    },
  };
}
