/** The files of tasks, which are all that a window may open: named by task and place, never by a path. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EngineApi } from '../../shared/contract.ts';
import { TaskError } from '../../shared/errors.ts';
import { taskFile, type TaskFile } from '../../shared/host-contract.ts';

/** Plain decimal numbers that a double holds exactly; `1e3`, `0x1` and `%31` are no places. */
const PLACE = /^\/([1-9]\d{0,14})\/(input|output)\/(0|[1-9]\d{0,5})$/;

/** The file that `/<id>/<input|output>/<index>` names, as media:// and the server's addresses end; null: it names none. */
export function parseTaskFilePath(path: string): TaskFile | null {
  const found = PLACE.exec(path);
  return found === null ? null : taskFile.safeParse({ id: Number(found[1]), which: found[2], index: Number(found[3]) }).data ?? null;
}

/** The absolute path of a task's file. Rejects with TASK_UNKNOWN, TASK_STATE where the task has no such file, INPUT_MISSING where it is gone. */
export async function findTaskFile(api: Pick<EngineApi, 'getTask'>, { id, which, index }: TaskFile): Promise<string> {
  const task = await api.getTask({ id });
  const path = which === 'input' ? task.inputs[index] : task.outputs[index]?.path;
  if (path === undefined) throw new TaskError('TASK_STATE', which === 'input' ? `Task ${String(id)} has no input ${String(index + 1)}.` : `Task ${String(id)} has no result ${String(index + 1)}${task.status === 'completed' ? '.' : ' yet. Wait until it is completed.'}`);
  const stats = await stat(path).catch(() => null);
  if (stats?.isFile() === true) return path;
  throw new TaskError('INPUT_MISSING', `${basename(path)} of task ${String(id)} is not there any more. It was moved, renamed or deleted.`, { details: path });
}
