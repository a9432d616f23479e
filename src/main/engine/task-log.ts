/** What a task's attempts said, with times. Collected for a moment and stored in one go; a failing disk costs log lines only. */
import type { TaskId } from '../../shared/task.ts';
import type { Clock } from './clock.ts';
import type { LogLine, Store } from './store/store.ts';

/** Lines wait this long for company: one commit for all of them. */
const FLUSH_AFTER_MS = 500;
/** A tool that floods its log must not flood the store. */
const LONGEST_LINE_CHARS = 4_000;

export class TaskLogs {
  readonly #store: Store;
  readonly #clock: Clock;
  #held: LogLine[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Several lines at once may be given in one text. attempt: whose lines they are. */
  write(id: TaskId, text: string, attempt: number | null = null): void {
    const at = this.#clock.now();
    for (const line of text.split('\n')) this.#held.push([id, at, line.slice(0, LONGEST_LINE_CHARS), attempt]);
    this.#cancelTimer ??= this.#clock.after(FLUSH_AFTER_MS, () => void this.flush());
  }

  /** The newest lines, oldest first, each `ISO-time text`; of one attempt where it is given. */
  async read(id: TaskId, count: number, attempt: number | null = null): Promise<string[]> {
    await this.flush();
    return (await this.#store.readLog(id, count, attempt)).map(([at, line]) => `${new Date(at).toISOString()} ${line}`);
  }

  /** Settles when what was written is stored. */
  async flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const held = this.#held;
    this.#held = [];
    if (held.length === 0) return;
    await this.#store.appendLog(held).catch((error: unknown) => console.error(`${held.length} log lines could not be stored: ${String(error)}`));
  }
}
