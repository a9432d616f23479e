/** How copies of the database are named. */
import { backupKind, type BackupKind } from '../../../shared/backup-contract.ts';

/** `longhaul-daily-2026-11-23T10-00-00-000Z.db`; before a migration the version takes the place of the kind: `longhaul-v1-…`. */
export function backupName(kind: Exclude<BackupKind, 'migration'> | `v${number}`, now: number): string {
  return `longhaul-${kind}-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}.db`;
}

const NAME = /^longhaul-(daily|manual|v\d+)-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z\.db$/;

/** What a backup's name tells; null: it is no backup's. */
export function readBackupName(name: string): { kind: BackupKind; createdAt: number } | null {
  const [, kind = '', day = '', hours = '', minutes = '', seconds = '', ms = ''] = NAME.exec(name) ?? [];
  const createdAt = Date.parse(`${day}T${hours}:${minutes}:${seconds}.${ms}Z`);
  return Number.isNaN(createdAt) ? null : { kind: backupKind.safeParse(kind).data ?? 'migration', createdAt };
}
