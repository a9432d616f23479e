/** Takes new tasks in. */
import type Database from 'better-sqlite3';
import { TaskError } from '../../../shared/errors.ts';
import type { TaskId, TaskStatus } from '../../../shared/task.ts';
import { orderKey } from './order-key.ts';
import type { Operations, PackedDraft } from './operations.ts';
import type { StatusTally } from './status-counts.ts';

/** Every user has the same tier until there are accounts. */
export const ONLY_TIER = 0;

export function createInserts(db: Database.Database, tally: StatusTally): Pick<Operations, 'insertTasks'> {
  const insertTask = db.prepare<[type: string, recipe: string, status: TaskStatus, queue: string, priority: number, orderKey: number, inputs: string,
    outputDir: string | null, options: string, maxRetries: number, openDependencies: number, runAt: number | null, now: number, now: number]>(
    `INSERT INTO task (type, recipe, status, queue, priority, order_key, inputs, output_dir, options, max_retries, open_dependencies, run_at, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertDependency = db.prepare<[TaskId, dependsOn: TaskId]>('INSERT INTO dependency (task_id, depends_on_id) VALUES (?, ?)');
  const selectDependency = db.prepare<[TaskId], { status: TaskStatus }>('SELECT status AS status FROM task WHERE id = ? AND deleted_at IS NULL');

  const isOpen = (id: TaskId): boolean => {
    const dependency = selectDependency.get(id);
    if (dependency === undefined) throw new TaskError('TASK_UNKNOWN', `There is no task ${id} to depend on. List the tasks to see which there are.`);
    if (dependency.status === 'failed' || dependency.status === 'cancelled') {
      throw new TaskError('TASK_STATE', `Task ${id} is ${dependency.status}, so nothing can wait for it. Retry it first.`);
    }
    return dependency.status !== 'completed';
  };

  const insertOne = (draft: PackedDraft, now: number): readonly [TaskId, TaskStatus] => {
    const [type, recipe, queue, priority, inputs, outputDir, options, maxRetries, dependsOn, runAt] = draft;
    const dependencies = dependsOn.length === 0 ? dependsOn : [...new Set(dependsOn)];
    const openDependencies = dependencies.filter(isOpen).length;
    const status = openDependencies === 0 && (runAt === null || runAt <= now) ? 'pending' : 'waiting';
    const key = orderKey({ priority, tier: ONLY_TIER, estimateSeconds: null, createdAt: now });
    const id = Number(insertTask.run(type, recipe, status, queue, priority, key, inputs, outputDir, options, maxRetries, openDependencies, runAt, now, now).lastInsertRowid);
    for (const dependency of dependencies) insertDependency.run(id, dependency);
    return [id, status];
  };

  return {
    insertTasks(drafts, now) {
      const inserted = drafts.map((draft) => insertOne(draft, now));
      const pending = inserted.filter(([, status]) => status === 'pending').length;
      if (pending > 0) tally.added('pending', pending);
      if (pending < inserted.length) tally.added('waiting', inserted.length - pending);
      return inserted;
    },
  };
}
