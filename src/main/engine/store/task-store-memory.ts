/** What the engine remembers beside its tasks: how fast recipes went, tools that run, settings. */
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import type { Operations } from './operations.ts';
import type { ToolProcess } from './store.ts';

export interface Memory {
  readonly operations: Pick<Operations, 'pace' | 'addTool' | 'removeTool' | 'listTools' | 'getSettings' | 'setSetting'>;
  /** Remembers one more pace of a task's recipe and forgets the oldest. */
  addPace(id: TaskId, pace: number, now: number): void;
}

/** Paces kept per recipe: enough for a median that one odd file does not move, few enough to follow a new machine within a day. */
const PACES_KEPT = 20;

export function createMemory(db: Database.Database): Memory {
  const insertPace = db.prepare<[pace: number, now: number, TaskId], string>('INSERT INTO pace (recipe, pace, created_at) SELECT recipe, ?, ? FROM task WHERE id = ? RETURNING recipe').pluck();
  const deleteOldPaces = db.prepare<{ recipe: string; kept: number }>(
    `DELETE FROM pace WHERE recipe = @recipe AND id <= (SELECT id FROM pace WHERE recipe = @recipe ORDER BY id DESC LIMIT 1 OFFSET @kept)`,
  );
  const selectPaces = db.prepare<[recipe: string], number>('SELECT pace FROM pace WHERE recipe = ? ORDER BY pace').pluck();
  const insertTool = db.prepare<[pid: number, startStamp: string]>('INSERT OR IGNORE INTO tool_process (pid, start_stamp) VALUES (?, ?)');
  const deleteTool = db.prepare<[pid: number, startStamp: string]>('DELETE FROM tool_process WHERE pid = ? AND start_stamp = ?');
  const selectTools = db.prepare<[], ToolProcess>('SELECT pid AS pid, start_stamp AS startStamp FROM tool_process ORDER BY pid, start_stamp');
  const selectSettings = db.prepare<[], [name: string, value: string]>('SELECT name, value FROM setting ORDER BY name').raw();
  const upsertSetting = db.prepare<[name: string, value: string]>('INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value');
  const deleteSetting = db.prepare<[name: string]>('DELETE FROM setting WHERE name = ?');

  return {
    operations: {
      pace: (recipe) => median(selectPaces.all(recipe)),
      addTool({ pid, startStamp }) {
        insertTool.run(pid, startStamp);
        return null;
      },
      removeTool({ pid, startStamp }) {
        deleteTool.run(pid, startStamp);
        return null;
      },
      listTools: () => selectTools.all(),
      getSettings: () => Object.fromEntries(selectSettings.all()),
      setSetting(name, value) {
        if (value === null) deleteSetting.run(name);
        else upsertSetting.run(name, value);
        return null;
      },
    },
    addPace(id, pace, now) {
      const recipe = insertPace.get(pace, now, id);
      if (recipe !== undefined) deleteOldPaces.run({ recipe, kept: PACES_KEPT });
    },
  };
}

/** Of ascending numbers; the mean of the middle two where there is no middle one. Null: none. */
function median(ascending: readonly number[]): number | null {
  const upper = ascending[Math.floor(ascending.length / 2)];
  const lower = ascending[Math.floor((ascending.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}
