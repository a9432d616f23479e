/** Which of the waiting tasks fit into what is free. Pure: plain values in and out. */
import type { TaskId } from '../../../shared/task.ts';
import type { Need } from './needs.ts';

/** A pending task with what it needs; in the order of its queue. */
export interface Candidate {
  readonly id: TaskId;
  readonly need: Need;
  readonly outputDir: string | null;
  /** Null: not known. */
  readonly seconds: number | null;
}

/** What is there for tasks that begin now. free: after what running attempts will still take. total: for an idle Longhaul on an idle machine. */
export interface Amount {
  readonly free: number;
  readonly total: number;
}

export interface Room {
  readonly memory: Amount;
  readonly processors: Amount;
  readonly work: Amount;
  /** By folder; work: it shares the disk of the work folder. A folder that is not among them is not limited. */
  readonly outputs: ReadonlyMap<string, Amount | 'work'>;
}

export type ResourceKind = 'memory' | 'processor' | 'disk';

/** What a task is short of. dir: of a disk. */
export interface Shortage {
  readonly kind: ResourceKind;
  readonly needed: number;
  readonly free: number;
  readonly total: number;
  readonly dir: string | null;
}

/** How much may still overtake what waits. */
export interface Passing {
  readonly tasks: number;
  readonly seconds: number;
}

export interface Question {
  readonly candidates: readonly Candidate[];
  /** At most so many. */
  readonly limit: number;
  readonly room: Room;
  /** The path of the work folder, for what is said. */
  readonly workDir: string;
  /** Nothing of ours runs or is about to. */
  readonly isIdle: boolean;
  /** For how long that has been so: other programs may give memory back meanwhile. */
  readonly idleMs: number;
  /** What may still overtake the tasks that wait in any queue. Null: none waits. */
  readonly passing: Passing | null;
  /** The one of this queue that waits: it overtakes nobody. */
  readonly waitingId: TaskId | null;
}

export interface Answer {
  readonly taken: readonly TaskId[];
  /** The task among those taken that does not fit and is started all the same, alone. */
  readonly forced: { readonly id: TaskId; readonly shortage: Shortage } | null;
  /** The first that does not fit, and why. */
  readonly held: { readonly id: TaskId; readonly shortage: Shortage } | null;
  /** What is left of `passing`. */
  readonly passing: Passing;
}

/** So much may overtake a task that waits for a resource; then nothing begins before it. */
export const PASSING_LIMIT: Passing = { tasks: 8, seconds: 3_600 };
/** What a task counts of whose length nothing is known. */
const UNKNOWN_SECONDS = 300;
/** Other programs have so long to give back what a task waits for while nothing of ours runs; then it is started with what there is. */
export const FOREIGN_WAIT_MS = 120_000;

/** In order: whoever fits is taken; of the rest the first is held, and what fits behind it may overtake it within the bounds. */
export function choose({ candidates, limit, room, workDir, isIdle, idleMs, passing, waitingId }: Question): Answer {
  const left = new Left(room, workDir);
  const taken: TaskId[] = [];
  let held: Answer['held'] = null;
  let may = passing ?? PASSING_LIMIT;
  let isPassing = passing !== null;
  for (const candidate of candidates) {
    if (taken.length >= limit) break;
    const shortage = left.shortageOf(candidate);
    if (shortage === null) {
      const seconds = candidate.seconds ?? UNKNOWN_SECONDS;
      if (isPassing && candidate.id !== waitingId) {
        if (may.tasks < 1 || may.seconds < seconds) break;
        may = { tasks: may.tasks - 1, seconds: may.seconds - seconds };
      }
      taken.push(candidate.id);
      left.take(candidate);
    } else if (isIdle && taken.length === 0 && held === null && (shortage.needed > shortage.total || idleMs >= FOREIGN_WAIT_MS)) {
      return { taken: [candidate.id], forced: { id: candidate.id, shortage }, held: null, passing: may };
    } else {
      held ??= { id: candidate.id, shortage };
      isPassing = true;
    }
  }
  return { taken, forced: null, held, passing: may };
}

/** What is left while tasks are taken one after the other. */
class Left {
  readonly #room: Room;
  readonly #workDir: string;
  #memory = 0;
  #processors = 0;
  #work = 0;
  readonly #outputs = new Map<string, number>();

  constructor(room: Room, workDir: string) {
    this.#room = room;
    this.#workDir = workDir;
  }

  shortageOf({ need, outputDir }: Candidate): Shortage | null {
    const output = outputDir === null ? undefined : this.#room.outputs.get(outputDir);
    const work = need.workBytes + (output === 'work' ? need.outputBytes : 0);
    const { memory, processors, work: workRoom } = this.#room;
    return shortageOf('memory', need.memoryBytes, memory, this.#memory)
      ?? shortageOf('processor', need.processors, processors, this.#processors)
      ?? shortageOf('disk', work, workRoom, this.#work, this.#workDir)
      ?? (output === undefined || output === 'work' ? null : shortageOf('disk', need.outputBytes, output, this.#outputs.get(outputDir ?? '') ?? 0, outputDir));
  }

  take({ need, outputDir }: Candidate): void {
    const output = outputDir === null ? undefined : this.#room.outputs.get(outputDir);
    this.#memory += need.memoryBytes;
    this.#processors += need.processors;
    this.#work += need.workBytes + (output === 'work' ? need.outputBytes : 0);
    if (outputDir !== null && output !== 'work') this.#outputs.set(outputDir, (this.#outputs.get(outputDir) ?? 0) + need.outputBytes);
  }
}

/** Who needs nothing of it is never short of it. */
function shortageOf(kind: ResourceKind, needed: number, amount: Amount, taken: number, dir: string | null = null): Shortage | null {
  const free = Math.max(0, amount.free - taken);
  return needed > 0 && needed > free + 1e-6 ? { kind, needed, free, total: amount.total, dir } : null;
}

/** `memory: needs 3.9 GB, 1.2 GB free`. */
export function describeShortage({ kind, needed, free, dir }: Shortage): string {
  switch (kind) {
    case 'memory':
      return `memory: needs ${formatSize(needed)}, ${formatSize(free)} free`;
    case 'processor':
      return `the processor: needs ${cores(needed)} cores, ${cores(free)} free`;
    case 'disk':
      return `disk space: needs ${formatSize(needed)}, ${formatSize(free)} free in ${dir ?? ''}`;
  }
}

/** Decimal units, as disks are sold by: 3.9 GB, 512 MB. */
export function formatSize(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}

function cores(count: number): string {
  return String(Math.round(count * 10) / 10);
}
