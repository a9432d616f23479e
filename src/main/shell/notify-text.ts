/** What a notification says. */
import { basename } from 'node:path';
import type { TaskId } from '../../shared/task.ts';
import type { Batch, FailedTask } from './batch.ts';
import { counted, fill, type Texts } from './texts.ts';

export interface Notice {
  readonly title: string;
  readonly body: string;
  /** The task that a click shows; null: the queue. */
  readonly id: TaskId | null;
}

/** At the end of a batch; null: nothing was done that anybody waits for. */
export function batchNotice({ completed, failed }: Batch, texts: Texts): Notice | null {
  if (completed.size + failed.size === 0) return null;
  const body = [
    ...(completed.size > 0 ? [counted(completed.size, texts.doneOne, texts.doneMany)] : []),
    ...(failed.size > 0 ? [counted(failed.size, texts.failedOne, texts.failedMany)] : []),
  ].join(' ');
  const failedId = [...failed.keys()].at(-1);
  // What went wrong is what its user must see; else the newest result.
  return { title: texts.doneTitle, body, id: failedId ?? [...completed].at(-1) ?? null };
}

/** While other work goes on. */
export function attentionNotice({ id, input, message }: FailedTask, texts: Texts): Notice {
  return { title: texts.attentionTitle, body: fill(texts.attentionBody, { name: basename(input), message }), id };
}
