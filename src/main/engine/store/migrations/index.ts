/** Every step from an empty file to today's database, oldest first. Steps are only ever added. */
import { SQL as TASKS } from './0001-tasks.ts';
import { SQL as HISTORY_AND_DOCUMENTS } from './0002-history-and-documents.ts';
import { SQL as TASK_SYSTEM } from './0003-task-system.ts';
import { SQL as WATCH_FOLDERS } from './0004-watch-folders.ts';
import { SQL as CHAINS } from './0005-chains.ts';
import { SQL as FEWER_INDEXES } from './0006-fewer-indexes.ts';

/** One step. version: what PRAGMA user_version says after it; 1 upwards without a gap. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

export const MIGRATIONS: readonly Migration[] = [{ version: 1, sql: TASKS }, { version: 2, sql: HISTORY_AND_DOCUMENTS }, { version: 3, sql: TASK_SYSTEM }, { version: 4, sql: WATCH_FOLDERS }, { version: 5, sql: CHAINS }, { version: 6, sql: FEWER_INDEXES }];
