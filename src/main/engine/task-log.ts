/** One log file per task: what its attempts said, with times. Written in the background; a full disk costs log lines only. */
import { appendFile, mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskId } from '../../shared/task.ts';
import type { Clock } from './clock.ts';

const FLUSH_AFTER_MS = 250;
/** A day of FFmpeg warnings must not fill the disk. */
const LARGEST_BYTES = 4_000_000;
/** Enough bytes for the longest answer of getLog with usual lines. */
const READ_BYTES = 1_000_000;

export class TaskLogs {
  readonly #dir: string;
  readonly #clock: Clock;
  readonly #lines = new Map<TaskId, string[]>();
  #cancelTimer: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(dir: string, clock: Clock) {
    this.#dir = dir;
    this.#clock = clock;
  }

  write(id: TaskId, text: string): void {
    const stamp = new Date(this.#clock.now()).toISOString();
    const lines = this.#lines.get(id) ?? [];
    for (const line of text.split('\n')) lines.push(`${stamp} ${line}`);
    this.#lines.set(id, lines);
    this.#cancelTimer ??= this.#clock.after(FLUSH_AFTER_MS, () => void this.flush());
  }

  /** The newest lines, oldest first. */
  async read(id: TaskId, count: number): Promise<string[]> {
    await this.flush();
    const file = await open(this.#path(id), 'r').catch(() => null);
    if (!file) return [];
    try {
      const { size } = await file.stat();
      const from = Math.max(0, size - READ_BYTES);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      const lines = buffer.toString('utf8', 0, bytesRead).split('\n').filter((line) => line !== '');
      return (from > 0 ? lines.slice(1) : lines).slice(-count);
    } finally {
      await file.close();
    }
  }

  async remove(id: TaskId): Promise<void> {
    await this.flush();
    await rm(this.#path(id), { force: true });
  }

  /** Writes what is held; settles when it is in the files. */
  flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const held = [...this.#lines];
    this.#lines.clear();
    this.#writing = this.#writing.then(() => this.#append(held));
    return this.#writing;
  }

  async #append(held: readonly (readonly [TaskId, readonly string[]])[]): Promise<void> {
    for (const [id, lines] of held) {
      const path = this.#path(id);
      const size = await stat(path).then((found) => found.size, () => 0);
      if (size > LARGEST_BYTES) continue;
      const text = `${lines.join('\n')}\n`;
      await appendFile(path, text)
        .catch(() => mkdir(this.#dir, { recursive: true }).then(() => appendFile(path, text)))
        .catch((error: unknown) => console.error(`the log of task ${id} could not be written: ${String(error)}`));
    }
  }

  #path(id: TaskId): string {
    return join(this.#dir, `${id}.log`);
  }
}
