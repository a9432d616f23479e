/** How much of the processor nobody uses at the moment, on every system alike. */
import { cpus } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';

/** Long enough to see past a single time slice, short beside the start of any tool. */
const LOOK_MS = 150;

/** 0–1: the idle part of all processors' time while it looks. Rejects with the signal's reason. */
export async function processorIdleShare(signal: AbortSignal): Promise<number> {
  const before = processorTimes();
  await wait(LOOK_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  const after = processorTimes();
  const total = after.totalMs - before.totalMs;
  return total > 0 ? (after.idleMs - before.idleMs) / total : 1;
}

function processorTimes(): { idleMs: number; totalMs: number } {
  let [idleMs, totalMs] = [0, 0];
  for (const { times } of cpus()) {
    idleMs += times.idle;
    totalMs += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idleMs, totalMs };
}
