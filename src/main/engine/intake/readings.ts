/** Inspections that answer in pieces, kept between one piece and the next. */
import type { MethodOutput } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import type { Inspection } from './inspect.ts';

/** Soon enough for the first files to be there at once, and seldom enough that a window has time for more than drawing lists. */
const PIECE_MS = 100;
/** Windows that were closed in the middle never ask again: the inspection that was not asked for the longest is forgotten. */
const KEPT = 16;

export class Readings {
  readonly #epoch: string;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #kept = new Map<string, Inspection>();
  #count = 0;

  /** epoch: names this start of the engine, so that what an earlier one gave out is known for unknown. */
  constructor(epoch: string, clock: Pick<Clock, 'monotonicMs'>) {
    this.#epoch = epoch;
    this.#clock = clock;
  }

  /** A piece, and what to ask for the next one with; null: that was all. */
  async piece(inspection: Inspection): Promise<MethodOutput<'inspectFiles'>> {
    const endMs = this.#clock.monotonicMs() + PIECE_MS;
    const { files, leftOut, isDone } = await inspection.next(() => this.#clock.monotonicMs() >= endMs);
    return { files, leftOut, next: isDone ? null : this.#keep(inspection) };
  }

  /** The next piece. Each is given once, so none can be passed over unseen. Throws USAGE. */
  async pieceAfter(next: string): Promise<MethodOutput<'inspectFiles'>> {
    const inspection = this.#kept.get(next);
    this.#kept.delete(next);
    if (inspection === undefined) throw new TaskError('USAGE', 'Longhaul does not know any more what it was reading: it was started anew, or this piece was given already. Add the files again.');
    return await this.piece(inspection);
  }

  close(): void {
    this.#kept.clear();
  }

  #keep(inspection: Inspection): string {
    this.#count += 1;
    const next = `${this.#epoch} ${String(this.#count)}`;
    this.#kept.set(next, inspection);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return next;
  }
}
