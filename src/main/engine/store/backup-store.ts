/** What is asked of the store about copies of it. */
import type { Backup, BackupKind, Recovery } from '../../../shared/backup-contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import type { Exported } from './export-format.ts';

/** What was taken in. skipped: tasks that were here already. */
export interface Imported {
  readonly tasks: number;
  readonly groups: number;
  readonly schedules: number;
  readonly skipped: number;
}

/** The store's part for keeping it safe. */
export interface BackupStore {
  /** What the opening had to mend; null: nothing. */
  readonly recovery: Recovery | null;
  /** The same of the last opening that had to mend something. */
  lastRecovery(): Promise<Recovery | null>;
  /** A checked copy on the disk, made while the store goes on; old copies go. Throws DISK_FULL, STORE_DAMAGED when the database itself is damaged. */
  backup(now: number, kind?: Exclude<BackupKind, 'migration'>): Promise<Backup>;
  /** Newest first. */
  listBackups(): Promise<Backup[]>;
  /** The whole queue as lines of JSON, as of now; without secrets. Throws USAGE when the file is there already. */
  exportQueue(file: string, now: number): Promise<Exported>;
  /** Takes an exported queue in; what was taken in from it before is left out. Throws INPUT_DAMAGED, before anything was taken in. */
  importQueue(file: string, options: { now: number; storeId: string }): Promise<Imported>;
}

const notHere = (): Promise<never> => Promise.reject(new TaskError('NOT_HERE', 'This queue has no file that could be copied.'));

/** Of a store without a data folder: a simulation. */
export const NO_BACKUPS: BackupStore = {
  recovery: null, lastRecovery: () => Promise.resolve(null), listBackups: () => Promise.resolve([]), backup: notHere, exportQueue: notHere, importQueue: notHere,
};
