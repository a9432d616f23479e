/** Files that the system hands over: open-with, a drop on the icon, a second start. They wait until the window's page listens. */

export interface OpenedFiles {
  add(paths: readonly string[]): void;
  /** Where they go; called with all that have come together. */
  deliverTo(deliver: (paths: string[]) => void): void;
  /** The page has begun to listen, or a new one has. */
  open(): void;
}

export function collectOpenedFiles(): OpenedFiles {
  let waiting: string[] = [];
  let deliver: ((paths: string[]) => void) | null = null;
  let isListening = false;
  let isDue = false;

  /** A system that opens a hundred files says so a hundred times in a row. */
  function deliverSoon(): void {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      if (!isListening || deliver === null || waiting.length === 0) return;
      const paths = [...new Set(waiting)];
      waiting = [];
      deliver(paths);
    });
  }

  return {
    add: (paths) => {
      waiting.push(...paths);
      deliverSoon();
    },
    deliverTo: (listener) => {
      deliver = listener;
      deliverSoon();
    },
    open: () => {
      isListening = true;
      deliverSoon();
    },
  };
}
