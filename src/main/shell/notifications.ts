/** Tells somebody who looks elsewhere that the queue is done or that a task waits for them. */
import { Notification } from 'electron/main';
import type { TaskId } from '../../shared/task.ts';
import type { FailedTask } from './batch.ts';
import { attentionNotice, batchNotice, type Notice } from './notify-text.ts';
import type { Texts } from './texts.ts';
import type { WorkWatch } from './work-watch.ts';

export interface NotificationOptions {
  readonly texts: () => Texts;
  readonly icon: string;
  /** The setting, and nobody looks at the window. */
  readonly mayNotify: () => boolean;
  readonly onClick: (id: TaskId | null) => void;
}

export interface Notifications {
  /** Says something whatever the setting is. */
  say(title: string, body: string): void;
}

export function notifyOf(work: WorkWatch, options: NotificationOptions): Notifications {
  const { texts, icon, mayNotify, onClick } = options;
  /** A notification that is collected as garbage can't be clicked any more. */
  const shown = new Set<Notification>();
  /** The first failure of the batch, until it is told. */
  let untold: FailedTask | null = null;
  let isTold = false;

  function show({ title, body, id }: Notice): void {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body, icon, silent: false });
    const forget = (): void => { shown.delete(notification); };
    notification.on('click', () => { forget(); onClick(id); });
    notification.on('close', forget);
    // macOS shows none of an app that is not signed. The window tells all the same.
    notification.on('failed', (_, error) => { forget(); console.warn(`A notification was not shown: ${error}`); });
    shown.add(notification);
    notification.show();
  }

  // One for a batch in work: where a whole folder is damaged, the batch's own says how many.
  work.onFailed((task) => { untold ??= task; });
  work.onChange(({ isIdle }) => {
    if (untold === null || isTold || isIdle) return;
    isTold = true;
    if (mayNotify()) show(attentionNotice(untold, texts()));
  });
  work.onIdle((batch) => {
    untold = null;
    isTold = false;
    const notice = batchNotice(batch, texts());
    if (notice !== null && mayNotify()) show(notice);
  });
  return { say: (title, body) => { show({ title, body, id: null }); } };
}
