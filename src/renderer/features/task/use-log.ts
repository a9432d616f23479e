/** A task's log, asked for once a second while it can grow. */
import { useEffect, useState } from 'react';
import type { TaskId } from '../../../shared/task.ts';
import { ApiError, api } from '../../api/window-api.ts';
import { useTask } from '../../store/mirror.ts';
import { parseLogLine, type LogLine } from './log-lines.ts';
import { useTick } from './use-task-detail.ts';

const EVERY_MS = 1_000;
/** Enough to see how it came to what it came to; the newest ones. */
const MOST_LINES = 5_000;

export interface TaskLog {
  /** Null until it has come. */
  readonly lines: readonly LogLine[] | null;
  readonly error: ApiError | null;
}

export function useLog(id: TaskId): TaskLog {
  const status = useTask(id)?.status;
  const tick = useTick(status === 'running' ? EVERY_MS : null);
  const [log, setLog] = useState<TaskLog>({ lines: null, error: null });
  useEffect(() => {
    let isCurrent = true;
    api.getLog({ id, lines: MOST_LINES }).then(
      ({ lines }) => isCurrent && setLog((before) => (isSame(before.lines, lines) ? before : { lines: lines.map(parseLogLine), error: null })),
      (thrown: unknown) => isCurrent && setLog((before) => ({ ...before, error: ApiError.from(thrown) })),
    );
    return () => {
      isCurrent = false;
    };
  }, [id, status, tick]);
  return log;
}

/** A log only grows: as many lines with the same last one are the same log. */
function isSame(shown: readonly LogLine[] | null, lines: readonly string[]): boolean {
  if (shown?.length !== lines.length) return false;
  const [last, next] = [shown.at(-1), parseLogLine(lines.at(-1) ?? '')];
  return last?.at === next.at && last.text === next.text;
}
