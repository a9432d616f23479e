/** Puts together what lets tasks begin that fit, and what watches what they take. */
import type { Settings } from '../../../shared/settings.ts';
import type { QueueName, TaskId } from '../../../shared/task.ts';
import type { Clock } from '../clock.ts';
import type { Holds } from '../holds.ts';
import type { Store } from '../store/store.ts';
import { Admission } from './admission.ts';
import { RoomFinder, type RoomOptions } from './room.ts';
import { WorkFolderSize } from './temp-files.ts';
import { Usage } from './usage.ts';

export interface ResourceOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly holds: Pick<Holds, 'isSlow'>;
  readonly storeId: string;
  readonly workDir: string;
  readonly folderOf: (task: { readonly id: TaskId }) => string;
  /** Cores that one of the queue's attempts is given. */
  readonly threads: (queue: QueueName) => number;
  readonly onFree: () => void;
  readonly onWaiting: (ids: readonly TaskId[]) => void;
  /** What tests say of the machine instead of it. */
  readonly machine?: Pick<RoomOptions, 'cores' | 'readMemory' | 'readDisk'>;
}

export interface Resources {
  readonly admission: Admission;
  readonly usage: Usage;
  /** Bytes of Longhaul's own temporary files, by the last look. */
  tempBytes(): number;
  /** The same, looked at now. */
  measureTemp(): Promise<number>;
}

const MB = 1_000_000;
/** Of the cores that running tasks may use together, so much while the machine is warm or somebody works at it. */
const SLOW_SHARE = 1 / 2;

export function createResources({ store, clock, settings, holds, storeId, workDir, folderOf, threads, onFree, onWaiting, machine }: ResourceOptions): Resources {
  const usage = new Usage({ clock, storeId });
  const size = new WorkFolderSize(workDir, clock);
  const tempBytes = (): number => size.lastBytes + usage.draftBytes;
  const room = new RoomFinder({
    clock, workDir, ...machine,
    processorFactor: () => (Number(settings().processorPercent) / 100) * (holds.isSlow ? SLOW_SHARE : 1),
    keepFreeBytes: () => Number(settings().holdBelowFreeMb) * MB,
  });
  const admission = new Admission({ store, clock, usage, room, threads, tempBytes, tempCapBytes: () => Number(settings().tempCapMb) * MB, folderOf, onFree, onWaiting });
  return { admission, usage, tempBytes, measureTemp: async () => (await size.look()) + usage.draftBytes };
}
