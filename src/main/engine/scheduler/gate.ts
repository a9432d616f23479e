/** What may keep a queue from its next task: its rules, the machine's resources, whatever is added. The scheduler asks all of them. */
import type { Wait } from '../../../shared/queue-contract.ts';
import type { QueueName } from '../../../shared/task.ts';

/** Whoever changes its mind calls Scheduler.gatesChanged; nobody asks again by the clock. */
export interface Gate {
  /** Whether the queue may claim its next task. At once where that is known, which costs nothing. */
  mayClaim(queue: QueueName): true | Wait | Promise<true | Wait>;
  /** Every reason for which the queue waits, as last known. */
  waitsFor(queue: QueueName): readonly Wait[];
  /** Whether what runs in the queue shall stop too and go on from its checkpoint later. Absent: never. */
  isInterrupting?(queue: QueueName): boolean;
}

/** The first wait, or true when all gates are open. A promise only where a gate has to look first. */
export function askGates(gates: readonly Gate[], queue: QueueName): true | Wait | Promise<true | Wait> {
  for (const [index, gate] of gates.entries()) {
    const answer = gate.mayClaim(queue);
    if (answer instanceof Promise) return answer.then((later) => (later === true ? askGates(gates.slice(index + 1), queue) : later));
    if (answer !== true) return answer;
  }
  return true;
}
