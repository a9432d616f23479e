/** Tasks whose input, or a file they are told of, is what another task makes: put into their rows in the transaction in which that one is completed. */
import type Database from 'better-sqlite3';
import * as z from 'zod';
import { output, type TaskId } from '../../../shared/task.ts';
import type { InsertedRow, PackedSource } from './operations.ts';
import { parseJson } from './row.ts';

export interface Sources {
  /** Writes down what a new task takes of others, and takes it at once where they are completed. inserted: the tasks of the same call. */
  add(id: TaskId, sources: readonly PackedSource[], inserted: readonly InsertedRow[]): void;
  /** After a task was completed: hands what it made to the tasks that wait for it. */
  deliver(from: TaskId): void;
}

interface SourceRow {
  readonly taskId: TaskId;
  readonly option: string;
  readonly extension: string;
}

export function createSources(db: Database.Database): Sources {
  const statements = prepareSources(db);

  const hand = ({ taskId, option, extension }: SourceRow, outputs: string): void => {
    const path = outputWith(extension, outputs);
    statements.setPath.run(path, taskId, option);
    if (path === null) return;
    if (option === '') statements.setInput.run(JSON.stringify([path]), taskId);
    else statements.setOption.run(`$."${option}"`, path, taskId);
  };

  const deliver = (from: TaskId): void => {
    const wanting = statements.selectWanting.all(from);
    if (wanting.length === 0) return;
    const outputs = statements.selectOutputs.get(from);
    if (outputs !== undefined) for (const one of wanting) hand(one, outputs);
  };

  return {
    deliver,
    add(id, sources, inserted) {
      for (const { option, from, place, extension } of sources) {
        const source = from ?? (place === null ? undefined : inserted[place]?.[0]);
        if (source === undefined) throw new Error('A task takes a file of one that comes after it in the same call.');
        statements.insert.run(id, option, source, extension);
        const outputs = statements.selectOutputs.get(source);
        if (outputs !== undefined) hand({ taskId: id, option, extension }, outputs);
      }
    },
  };
}

function prepareSources(db: Database.Database) {
  return {
    insert: db.prepare<[TaskId, option: string, from: TaskId, extension: string]>('INSERT INTO task_source (task_id, option, depends_on_id, extension) VALUES (?, ?, ?, ?)'),
    // What runs, or is done, keeps what it was begun with.
    selectWanting: db.prepare<[TaskId], SourceRow>(
      `SELECT task_source.task_id AS taskId, task_source.option AS option, task_source.extension AS extension FROM task_source JOIN task ON task.id = task_source.task_id
       WHERE task_source.depends_on_id = ? AND task.status NOT IN ('running', 'completed')`,
    ),
    selectOutputs: db.prepare<[TaskId], string>(`SELECT outputs FROM task WHERE id = ? AND status = 'completed'`).pluck(),
    setPath: db.prepare<[path: string | null, TaskId, option: string]>('UPDATE task_source SET path = ? WHERE task_id = ? AND option = ?'),
    // The estimate was made without knowing the file.
    setInput: db.prepare<[inputs: string, TaskId]>('UPDATE task SET inputs = ?, estimate = NULL WHERE id = ?'),
    setOption: db.prepare<[place: string, path: string, TaskId]>('UPDATE task SET options = JSON_SET(options, ?, ?) WHERE id = ?'),
  };
}

const outputs = z.array(output);

function outputWith(extension: string, text: string): string | null {
  const known = outputs.safeParse(parseJson(text)).data ?? [];
  return known.find(({ path }) => path.toLowerCase().endsWith(`.${extension}`))?.path ?? null;
}
