/** What is asked of the store about copies of it: the caller's half. Long work is done by threads of its own (chores.ts), one after the other. */
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { recovery, type Recovery } from '../../../shared/backup-contract.ts';
import { TaskError, taskErrorShape } from '../../../shared/errors.ts';
import { backupName } from './backup-name.ts';
import type { BackupStore } from './backup-store.ts';
import { choreResults, type Chore } from './chores.ts';
import type { Connection } from './connection.ts';
import { readExport } from './import-file.ts';

const importedRows = z.object({ tasks: z.int(), groups: z.int(), schedules: z.int(), skipped: z.int(), firstId: z.int().nullable() });

/** close ends what is under way; it leaves nothing half-written under a final name. */
export function createBackupStore(connection: Connection, { dir, threadPath, found }: { dir: string; threadPath: string; found: Recovery | null }): { store: BackupStore; close: () => Promise<void> } {
  const chores = new Chores(threadPath);
  const ask: Connection['ask'] = (method, args, result) => connection.ask(method, args, result);
  const copy = (name: string): Promise<null> => onStill(connection, (descriptor) => chores.start({ chore: 'copy', dir, descriptor, name }, choreResults.copy));
  const store: BackupStore = {
    recovery: found,
    lastRecovery: () => ask('getSettings', [], z.record(z.string(), z.string()).transform((all) => (all['recovery'] === undefined ? null : (recovery.safeParse(JSON.parse(all['recovery'])).data ?? null)))),
    backup: (now, kind = 'daily') => chores.run(async () => {
      const name = backupName(kind, now);
      await copy(name);
      return await tellingDamage(connection, chores.start({ chore: 'keep', dir, name }, choreResults.keep));
    }),
    listBackups: () => chores.start({ chore: 'list', dir }, choreResults.list),
    exportQueue: (file, now) => chores.run(async () => {
      const name = backupName('manual', now);
      await copy(name);
      return await tellingDamage(connection, chores.start({ chore: 'export', dir, name, file, now }, choreResults.export));
    }),
    async importQueue(file, { now, storeId }) {
      const sum = { tasks: 0, groups: 0, schedules: 0, skipped: 0 };
      const { exportId } = await readExport(file, async (head, rows, firstLine) => {
        const done = await ask('importRows', [{ exportId: head.exportId, isOwn: head.storeId === storeId, rows, firstLine, now }], importedRows);
        for (const name of ['tasks', 'groups', 'schedules', 'skipped'] as const) sum[name] += done[name];
      });
      await ask('finishImport', [exportId], z.null());
      return sum;
    },
  };
  return { store, close: () => chores.close() };
}

/** While the work goes on, commits go to the log only, and the database's file stays as it is. */
async function onStill<T>(connection: Connection, work: (descriptor: number) => Promise<T>): Promise<T> {
  const descriptor = await connection.still(true);
  try {
    return await work(descriptor);
  } finally {
    // Fails only when the thread is gone, and what it held still with it.
    await connection.still(false).catch(() => undefined);
  }
}

/** What is wrong with a copy is wrong with the database: the next start looks through it. */
async function tellingDamage<T>(connection: Connection, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof TaskError && error.code === 'STORE_DAMAGED') await connection.still(false, true).catch(() => undefined);
    throw error;
  }
}

/** Owns the threads. */
class Chores {
  readonly #threadPath: string;
  readonly #workers = new Set<Worker>();
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(threadPath: string) {
    this.#threadPath = threadPath;
  }

  /** One after the other: two copies at once would only be slower. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  async start<T>(chore: Chore, result: z.ZodType<T>): Promise<T> {
    if (this.#isClosed) throw new TaskError('STOPPED', 'The queue is being closed. Do it again when Longhaul runs.');
    const worker = new Worker(this.#threadPath, { name: chore.chore, workerData: chore, execArgv: [] });
    this.#workers.add(worker);
    try {
      const answer = await answerOf(worker);
      if (answer === null) throw new TaskError('STOPPED', 'The queue was closed before it was done. Nothing half-written was kept.');
      if ('error' in answer) throw TaskError.fromShape(answer.error);
      return result.parse(answer.value);
    } finally {
      this.#workers.delete(worker);
      await worker.terminate();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#workers].map((worker) => worker.terminate()));
    await this.#last;
  }
}

const choreAnswer = z.union([z.object({ error: taskErrorShape }), z.object({ value: z.unknown() })]);

/** Null: it ended without one. */
function answerOf(worker: Worker): Promise<z.infer<typeof choreAnswer> | null> {
  return new Promise((resolve, reject) => {
    worker.once('message', (message: unknown) => resolve(choreAnswer.parse(message)));
    worker.once('error', (thrown) => reject(TaskError.from(thrown)));
    worker.once('exit', () => resolve(null));
  });
}
