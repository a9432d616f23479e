/** Writes down which worker processes there are, so that the next start ends those that a crash left: a frozen one does not notice that its engine is gone. */
import { processStartStamp } from '../media/process-stamp.ts';
import type { Store } from '../store/store.ts';

/** Hears of every worker. What can't be written down is not worth stopping for: an unfrozen worker ends with its engine. */
export function noteWorkers(store: Pick<Store, 'addTool' | 'removeTool'>): (kind: 'started' | 'ended', pid: number) => void {
  const noted = new Map<number, Promise<string | null>>();
  const note = async (pid: number): Promise<string | null> => {
    const startStamp = await processStartStamp(pid);
    if (startStamp !== null) await store.addTool({ pid, startStamp });
    return startStamp;
  };
  return (kind, pid) => {
    if (kind === 'started') {
      noted.set(pid, note(pid).catch(() => null));
      return;
    }
    const stamp = noted.get(pid);
    noted.delete(pid);
    void stamp?.then((startStamp) => (startStamp === null ? undefined : store.removeTool({ pid, startStamp }))).catch(() => undefined);
  };
}
