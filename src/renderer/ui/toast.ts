/** Short notes at the window's lower edge. They are read out, and none is needed to understand the screen. */
import { notifications } from '@mantine/notifications';
import { createElement } from 'react';
import { describeThrown } from './messages.ts';
import { UndoNote } from './undo-note.tsx';

const DONE_MS = 4_000;
/** Long enough to read, find and press it. */
const UNDO_MS = 10_000;

export const toast = {
  done(text: string): void {
    notifications.show({ message: text, autoClose: DONE_MS, withCloseButton: false });
  },
  /** Anything thrown. Stays until it is closed: an error that vanishes was not told. */
  error(thrown: unknown, name?: string): void {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') return;
    const { text, details } = describeThrown(thrown, name);
    notifications.show({ message: text, color: 'red', autoClose: false, 'aria-description': details });
  },
  undo(text: string, undo: () => void | Promise<void>): void {
    const id = notifications.show({
      autoClose: UNDO_MS,
      message: createElement(UndoNote, {
        text,
        onUndo: () => {
          notifications.hide(id);
          void Promise.resolve(undo()).catch((thrown: unknown) => toast.error(thrown));
        },
      }),
    });
  },
};

/** Does what a click asked for; what goes wrong becomes a note. */
export function attempt(action: () => Promise<unknown>): void {
  void action().catch((thrown: unknown) => toast.error(thrown));
}
