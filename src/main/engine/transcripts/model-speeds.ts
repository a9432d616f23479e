/**
 * How fast this machine transcribes with each model, by the newest completed transcriptions. The store's paces can't tell: they are
 * kept by recipe, and one recipe is used with any model. A kept transcript names its model.
 */
import type { Task, TaskId } from '../../../shared/task.ts';
import type { Store } from '../store/store.ts';
import { transcriptDocument } from './document.ts';

/** Transcriptions looked at: enough for the models somebody uses. Each is read once as long as the engine runs. */
const NEWEST = 20;

const named = transcriptDocument.pick({ model: true });

export class ModelSpeeds {
  readonly #store: Pick<Store, 'list' | 'document'>;
  /** Null: the task kept no transcript, or one that is not understood. */
  readonly #models = new Map<TaskId, string | null>();

  constructor(store: Pick<Store, 'list' | 'document'>) {
    this.#store = store;
  }

  /** Seconds of the recording per second of work, by model: of all looked-at tasks together, so that a long one counts for more. */
  async byModel(): Promise<ReadonlyMap<string, number>> {
    const { tasks } = await this.#store.list({ status: ['completed'], type: ['transcribe'], limit: NEWEST, offset: 0 });
    const totals = new Map<string, { mediaSeconds: number; workSeconds: number }>();
    for (const task of tasks.filter(isMeasured)) {
      const model = await this.#modelOf(task.id);
      if (model === null) continue;
      const before = totals.get(model) ?? { mediaSeconds: 0, workSeconds: 0 };
      totals.set(model, { mediaSeconds: before.mediaSeconds + (task.estimate?.mediaSeconds ?? 0), workSeconds: before.workSeconds + task.durationMs / 1000 });
    }
    return new Map([...totals].map(([model, { mediaSeconds, workSeconds }]) => [model, mediaSeconds / workSeconds]));
  }

  async #modelOf(id: TaskId): Promise<string | null> {
    const known = this.#models.get(id);
    if (known !== undefined) return known;
    const kept = await this.#store.document(id);
    const model = named.safeParse(kept?.document).data?.model ?? null;
    this.#models.set(id, model);
    return model;
  }
}

/** Done in one go: what was interrupted was in part done twice. */
function isMeasured({ attempt, durationMs, estimate }: Task): boolean {
  return attempt === 1 && durationMs > 0 && (estimate?.mediaSeconds ?? 0) > 0;
}
