/** What survives a kill: plans, finished parts, and what was about to be published. */
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import type { Operations } from './operations.ts';
import type { Fence } from './store.ts';
import { HELD } from './transition-sql.ts';

export interface Checkpoints {
  readonly operations: Pick<Operations, 'savePlan' | 'savePart' | 'saveIntent' | 'partsOf'>;
  /** Does it only for the attempt that holds the task; whether it was done. */
  asHolder(fence: Fence, act: () => void): boolean;
  /** Forgets plan, parts and intent. */
  clear(id: TaskId): void;
}

export function createCheckpoints(db: Database.Database): Checkpoints {
  const selectHeld = db.prepare<{ id: TaskId; leaseOwner: string; attempt: number }, number>(`SELECT 1 FROM task WHERE ${HELD}`).pluck();
  const insertPlan = db.prepare<[TaskId, plan: string, partsTotal: number]>('INSERT INTO checkpoint (task_id, plan, parts_total) VALUES (?, ?, ?)');
  // Its parts go with it: ON DELETE CASCADE.
  const deletePlan = db.prepare<[TaskId]>('DELETE FROM checkpoint WHERE task_id = ?');
  // A caller that got no answer repeats; the second row is the same part again.
  const insertPart = db.prepare<[TaskId, index: number, part: string]>(
    'INSERT INTO checkpoint_part (task_id, part_index, part) VALUES (?, ?, ?) ON CONFLICT (task_id, part_index) DO UPDATE SET part = excluded.part',
  );
  const selectPlan = db.prepare<[TaskId], string>('SELECT plan FROM checkpoint WHERE task_id = ?').pluck();
  const selectParts = db.prepare<[TaskId], [index: number, part: string]>('SELECT part_index, part FROM checkpoint_part WHERE task_id = ? ORDER BY part_index').raw();
  const insertIntent = db.prepare<[TaskId, attempt: number, outputs: string]>('INSERT INTO publish_intent (task_id, attempt, outputs) VALUES (?, ?, ?)');
  // Known before the file has its name: a watched folder must not take it for somebody's.
  const insertMade = db.prepare<[outputs: string]>(
    `INSERT INTO made_file (path, size_bytes, sha256) SELECT value ->> 'path', value ->> 'sizeBytes', value ->> 'sha256' FROM json_each(?) WHERE true
     ON CONFLICT (path) DO UPDATE SET size_bytes = excluded.size_bytes, sha256 = excluded.sha256`,
  );
  const deleteIntent = db.prepare<[TaskId]>('DELETE FROM publish_intent WHERE task_id = ?');

  const asHolder = ({ id, leaseOwner, attempt }: Fence, act: () => void): boolean => {
    if (selectHeld.get({ id, leaseOwner, attempt }) === undefined) return false;
    act();
    return true;
  };

  return {
    asHolder,
    operations: {
      partsOf(id) {
        const plan = selectPlan.get(id);
        return plan === undefined ? null : { plan, parts: selectParts.all(id) };
      },
      savePlan: (input) => asHolder(input, () => {
        deletePlan.run(input.id);
        insertPlan.run(input.id, input.plan, input.partsTotal);
      }),
      savePart: (input) => asHolder(input, () => insertPart.run(input.id, input.index, input.part)),
      saveIntent: (input) => asHolder(input, () => {
        deleteIntent.run(input.id);
        if (input.outputs === null) return;
        insertIntent.run(input.id, input.attempt, input.outputs);
        insertMade.run(input.outputs);
      }),
    },
    clear(id) {
      deletePlan.run(id);
      deleteIntent.run(id);
    },
  };
}
