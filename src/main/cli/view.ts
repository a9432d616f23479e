/** What somebody who waits for tasks sees: bars in a terminal, lines in a log, nothing with --json. */
import type { EngineStatus } from '../../shared/contract.ts';
import { Forecast } from '../../shared/forecast.ts';
import { SETTLED_STATUSES, type Task, type TaskId } from '../../shared/task.ts';
import type { Output } from './host.ts';
import { nameOf, renderTaskLine } from './terminal/bar.ts';
import { formatBytes, formatDuration } from './terminal/format.ts';
import { LiveRegion } from './terminal/live-region.ts';
import { clean } from './terminal/text.ts';

export interface View {
  /** A task is new or has changed. */
  show(task: Task): void;
  /** How the whole queue stands. */
  status(status: EngineStatus): void;
  /** One lasting line. */
  say(line: string): void;
  close(): void;
}

/** Ten frames a second look fluent. */
const FRAME_MS = 100;
/** A log gets a line each time a task has come this much further. */
const LOG_STEP_PERCENT = 10;

/** Shows nothing. */
export const SILENT_VIEW: View = { show: () => undefined, status: () => undefined, say: () => undefined, close: () => undefined };

/** The view that suits where the text goes. */
export function createView(output: Output, now: () => number): View {
  return output.isTerminal ? new BarView(output, now) : new LineView(output);
}

/** One line a change, for logs and pipes. */
export class LineView implements View {
  readonly #output: Output;
  readonly #told = new Map<TaskId, { status: string; step: number }>();

  constructor(output: Output) {
    this.#output = output;
  }

  show(task: Task): void {
    const step = Math.floor(task.progress / LOG_STEP_PERCENT);
    const told = this.#told.get(task.id);
    const status = `${task.status} ${String(task.attempt)}`;
    const isNews = told?.status !== status || (task.status === 'running' && step > told.step);
    if (!isNews) return;
    this.#told.set(task.id, { status, step });
    this.say(describeChange(task));
  }

  status(): void {
    // The changes of each task tell it.
  }

  say(line: string): void {
    this.#output.write(`${clean(line)}\n`);
  }

  close(): void {
    this.#told.clear();
  }
}

/** A bar for each running task, a summary below, and what has ended above. */
export class BarView implements View {
  readonly #region: LiveRegion;
  readonly #output: Output;
  readonly #now: () => number;
  readonly #running = new Map<TaskId, Task>();
  readonly #forecast = new Forecast();
  readonly #ended = new Map<TaskId, string>();
  readonly #timer: NodeJS.Timeout;
  #above: string[] = [];
  #status: EngineStatus | null = null;

  constructor(output: Output, now: () => number) {
    this.#output = output;
    this.#region = new LiveRegion(output);
    this.#now = now;
    this.#timer = setInterval(() => { this.#draw(); }, FRAME_MS);
  }

  show(task: Task): void {
    if (task.status === 'running') {
      this.#running.set(task.id, task);
      this.#ended.delete(task.id);
      return;
    }
    this.#running.delete(task.id);
    this.#forecast.forget(task.id);
    const isOver = SETTLED_STATUSES.includes(task.status) || task.status === 'retrying';
    const state = `${task.status} ${String(task.attempt)}`;
    if (!isOver || this.#ended.get(task.id) === state) return;
    this.#ended.set(task.id, state);
    this.say(describeChange(task));
  }

  status(status: EngineStatus): void {
    this.#status = status;
  }

  say(line: string): void {
    this.#above.push(clean(line));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#draw();
    this.#region.close();
  }

  #secondsLeft({ id, attempt, progress, estimate }: Task, now: number): number | null {
    const seen = { id, attempt, progress, estimateSeconds: estimate?.seconds ?? null };
    this.#forecast.see(seen, now);
    return this.#forecast.secondsLeft(seen, now);
  }

  #draw(): void {
    const width = this.#output.columns() - 1;
    const now = this.#now();
    const bars = [...this.#running.values()].sort((a, b) => a.id - b.id).map((task) => renderTaskLine(task, this.#secondsLeft(task, now), width));
    const summary = this.#status === null ? [] : [summarise(this.#status)];
    this.#region.draw([...bars, ...summary], this.#above);
    this.#above = [];
  }
}

/** `2 running · 5 pending · 1 failed`, without what is zero. */
export function summarise(status: EngineStatus): string {
  const parts = Object.entries(status.counts).filter(([, number]) => number > 0).map(([name, number]) => `${String(number)} ${name}`);
  const trouble = status.trouble === null ? [] : [clean(status.trouble.message)];
  return [...(parts.length === 0 ? ['nothing to do'] : parts), ...trouble].join(' · ');
}

/** What has just become of a task, in one line. */
export function describeChange(task: Task): string {
  const head = `#${String(task.id)} ${nameOf(task)}  ${task.recipe}  `;
  switch (task.status) {
    case 'running':
      return `${head}${task.progress > 0 ? `${String(Math.floor(task.progress))}% ${task.message}` : `running${task.attempt > 1 ? ` (attempt ${String(task.attempt)})` : ''}`}`.trimEnd();
    case 'completed':
      return `${head}completed in ${formatDuration(task.durationMs)}: ${task.outputs.map(({ path, sizeBytes }) => `${path} (${formatBytes(sizeBytes)})`).join(', ')}`;
    case 'failed':
      return `${head}failed: ${task.error?.message ?? ''}`;
    case 'retrying':
      return `${head}will be tried again: ${task.lastError?.message ?? ''}`;
    case 'pending':
    case 'waiting':
    case 'paused':
    case 'cancelled':
      return `${head}${task.status}`;
  }
}
