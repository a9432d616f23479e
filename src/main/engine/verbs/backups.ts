/** Copies of the queue, and the queue as a file. */
import { isAbsolute, join } from 'node:path';
import { METHODS, type EngineApi } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { isSettingName } from '../../../shared/settings.ts';
import type { VerbParts } from './parts.ts';

export function createBackupVerbs({ store, clock, dataDir, storeId, onSetting, onWork, feed }: VerbParts): Pick<EngineApi, 'backupNow' | 'listBackups' | 'exportQueue' | 'importQueue'> {
  return {
    backupNow: async () => ({ backup: await store.backup(clock.now(), 'manual') }),
    listBackups: async () => {
      const [backups, recovery] = await Promise.all([store.listBackups(), store.lastRecovery()]);
      return { backups, folder: join(dataDir, 'backups'), recovery };
    },
    exportQueue: async (input) => store.exportQueue(absolute(METHODS.exportQueue.input.parse(input).file), clock.now()),
    importQueue: async (input) => {
      const before = await store.getSettings();
      const imported = await store.importQueue(absolute(METHODS.importQueue.input.parse(input).file), { now: clock.now(), storeId });
      // Settings that nobody had chosen here came with it.
      for (const [name, value] of Object.entries(await store.getSettings())) if (before[name] === undefined && isSettingName(name)) onSetting(name, value);
      feed.missed();
      onWork();
      return imported;
    },
  };
}

function absolute(file: string): string {
  if (isAbsolute(file)) return file;
  throw new TaskError('USAGE', `${file} is not an absolute path.`);
}
