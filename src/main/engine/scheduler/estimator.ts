/** Forecasts tasks before they run: probes waiting inputs one at a time, in the background. */
import { TaskError } from '../../../shared/errors.ts';
import type { QueueName, Task, TaskId } from '../../../shared/task.ts';
import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';
import { estimateTask } from '../handlers/estimate.ts';
import { estimateDocumentTask } from '../handlers/document-preview/estimate.ts';
import { estimateModelTask } from '../handlers/model-preview/estimate.ts';
import { estimateImage, isImageType } from '../handlers/image-estimate.ts';
import { probeMedia } from '../media/ffprobe.ts';
import { readImageHeader } from '../media/image-header.ts';
import { inputSize } from '../media/input-file.ts';
import type { Store } from '../store/store.ts';

export interface EstimatorOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly events: Events;
  readonly ffprobePath: string;
  /** Whether the queue's tasks have lately been over in no time: a look at one would take longer than it. */
  readonly isShort: (queue: QueueName) => boolean;
}

/** What still waits after this long is worth a forecast. */
const SETTLE_MS = 1_000;
/** Tasks of a queue that is done with them in no time are over by then, or their queue has become slower. */
const PUT_OFF_MS = 10_000;
/** One bite; more are fetched when these are done. */
const BATCH = 16;

export class Estimator {
  readonly #options: EstimatorOptions;
  readonly #abort = new AbortController();
  #working: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #isAskedAgain = false;
  #isPutOff = false;

  constructor(options: EstimatorOptions) {
    this.#options = options;
  }

  /** There may be tasks without an estimate. Those that are claimed within a moment get theirs from their own attempt. */
  wake(): void {
    this.#isAskedAgain = true;
    if (this.#working === undefined) this.#cancelTimer ??= this.#options.clock.after(SETTLE_MS, () => this.#start());
  }

  #start(): void {
    this.#cancelTimer = undefined;
    this.#working ??= this.#work().catch((error: unknown) => {
      if (!this.#abort.signal.aborted) this.#options.events.emit({ kind: 'trouble', trouble: TaskError.from(error).toShape() });
    }).finally(() => {
      this.#working = undefined;
      if (this.#isPutOff && !this.#abort.signal.aborted) this.#cancelTimer ??= this.#options.clock.after(PUT_OFF_MS, () => this.#start());
    });
  }

  async close(): Promise<void> {
    this.#abort.abort(new TaskError('STOPPED', 'The engine is closing.'));
    this.#cancelTimer?.();
    await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      const tasks = await this.#options.store.withoutEstimate(BATCH);
      this.#isPutOff = tasks.some(({ queue }) => this.#options.isShort(queue));
      // Inputs that could not be probed: the attempt will say why, asking again would not help.
      const hopeless: TaskId[] = [];
      for (const task of tasks) {
        if (this.#abort.signal.aborted) return;
        if (!this.#options.isShort(task.queue) && !(await this.#estimate(task))) hopeless.push(task.id);
      }
      if (hopeless.length > 0 && !this.#abort.signal.aborted) await this.#options.store.leaveUnestimated(hopeless);
      if (this.#isPutOff || tasks.length === BATCH) this.#isAskedAgain = true;
      if (this.#isPutOff) return;
    }
  }

  /** False: nothing can be said of it. */
  async #estimate(task: Task): Promise<boolean> {
    const { store, clock, events, ffprobePath } = this.#options;
    const [input] = task.inputs;
    if (task.type === 'document_preview' || task.type === 'model_preview') {
      const sizeBytes = input === undefined ? null : await inputSize(input).catch(() => null);
      if (sizeBytes === null) return false;
      const known = await store.saveEstimate(task.id, (task.type === 'model_preview' ? estimateModelTask : estimateDocumentTask)(task.options, sizeBytes), clock.now());
      if (known) events.emit({ kind: 'task', task: known });
      return true;
    }
    if (isImageType(task.type)) {
      // A picture's header tells enough, without a program to start for each of thousands.
      const header = input === undefined ? null : await readImageHeader(input).catch(() => null);
      if (header === null) return false;
      const known = await store.saveEstimate(task.id, estimateImage(task.type, task.options, header), clock.now());
      if (known) events.emit({ kind: 'task', task: known });
      return true;
    }
    const media = input === undefined ? null : await probeMedia(input, { ffprobePath, signal: this.#abort.signal }).catch(() => null);
    if (!media) return false;
    const estimate = estimateTask({ type: task.type, options: task.options, media, pace: await store.pace(task.recipe) });
    const saved = await store.saveEstimate(task.id, estimate, clock.now());
    if (saved) events.emit({ kind: 'task', task: saved });
    return true;
  }
}
