/** What results can be looked at and edited as: one document a task, kept also when the task is removed from the list. */
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import type { Operations } from './operations.ts';
import type { Checkpoints } from './task-store-checkpoints.ts';

export function createDocuments(db: Database.Database, { asHolder }: Pick<Checkpoints, 'asHolder'>): Pick<Operations, 'saveDocument' | 'document' | 'editDocument'> {
  const upsert = db.prepare<{ id: TaskId; document: string; now: number }>(
    `INSERT INTO document (task_id, document, revision, updated_at) VALUES (@id, @document, 1, @now)
     ON CONFLICT (task_id) DO UPDATE SET document = excluded.document, revision = revision + 1, updated_at = excluded.updated_at`,
  );
  const edit = db.prepare<{ id: TaskId; baseRevision: number; document: string; now: number }, number>(
    `UPDATE document SET document = @document, revision = revision + 1, updated_at = @now
     WHERE task_id = @id AND revision = @baseRevision RETURNING revision`,
  ).pluck();
  const select = db.prepare<[TaskId], { document: string; revision: number }>('SELECT document AS document, revision AS revision FROM document WHERE task_id = ?');
  return {
    saveDocument: (input) => asHolder(input, () => upsert.run({ id: input.id, document: input.document, now: input.now })),
    document: (id) => select.get(id) ?? null,
    editDocument: (input) => edit.get(input) ?? null,
  };
}
