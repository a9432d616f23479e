/**
 * A journal beside the database: which tasks were accepted and which were over, so that a start notices when the database has gone
 * back behind what was answered (a damaged log, an older file put in its place, a restored backup), and can name the tasks.
 *
 * It is written after each commit and before its answers, in one write without a wait for the disk, and synced when the store is idle and
 * when it closes. So it tells of everything answered before a crash of the program; a power cut may cost it what was answered since the last
 * idle moment, while the database's own commits are safe from that. It costs what one small write costs, and nothing else depends on it:
 * when it can't be written, work goes on. It knows nothing of other changes (priorities, settings, progress): such a loss goes unnoticed.
 */
import { closeSync, existsSync, fdatasyncSync, fstatSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { taskId, type TaskId } from '../../../shared/task.ts';
import { JOURNAL_FILE } from './header.ts';
import type { EndedRow, Operations, TouchedRows } from './operations.ts';
import { standingOf, type Standing } from './packed-row.ts';
import { parseJson } from './row.ts';

/** Two files of this size at most: some thousand tasks each, read in some milliseconds at every start. */
const GENERATION_BYTES = 1 << 20;
/** Inputs that are named of tasks that were added at once: the ids of all are known, and a folder of files is known by some. */
const NAMED_INPUTS = 1_000;

const ended = z.enum(['completed', 'cancelled', 'removed']);
export type EndedAs = z.infer<typeof ended>;

/** One line to write. added: first id, number, inputs. inputs and outputs: JSON, which is not encoded once more. from: all that is older is in another file or forgotten, up to that time; last: the newest id by then. */
export type Entry =
  | readonly [kind: 'from', at: number, lastId: TaskId]
  | readonly [kind: 'added', at: number, firstId: TaskId, number: number, inputs: readonly string[]]
  | readonly [kind: 'ended', at: number, id: TaskId, as: EndedAs, outputs: string]
  | readonly [kind: 'opened' | 'damaged' | 'closed'];

/** The same as it is read. */
const line = z.union([
  z.tuple([z.literal('from'), z.number(), z.int().nonnegative()]),
  z.tuple([z.literal('added'), z.number(), taskId, z.int().positive(), z.array(z.array(z.string()))]),
  z.tuple([z.literal('ended'), z.number(), taskId, ended, z.array(z.object({ path: z.string() }))]),
  z.tuple([z.enum(['opened', 'damaged', 'closed'])]),
]);

function lineOf(entry: Entry): string {
  if (entry[0] === 'added') return `\n["added",${String(entry[1])},${String(entry[2])},${String(entry[3])},[${entry[4].join(',')}]]`;
  if (entry[0] === 'ended') return `\n["ended",${String(entry[1])},${String(entry[2])},"${entry[3]}",${entry[4]}]`;
  return `\n${JSON.stringify(entry)}`;
}

/** What the journal says, newest last. */
export interface Journal {
  /** There is one. */
  readonly exists: boolean;
  /** The newest task that was accepted; 0: none. */
  readonly lastId: TaskId;
  /** The first inputs of the newest tasks. */
  readonly inputs: ReadonlyMap<TaskId, string>;
  /** Tasks that were over, as they were last. outputs: paths. */
  readonly ended: ReadonlyMap<TaskId, { readonly at: number; readonly as: EndedAs; readonly outputs: readonly string[] }>;
  /** Epoch milliseconds: it knows of everything since. */
  readonly since: number;
  /** The last owner of the folder closed it in order. */
  readonly wasClosed: boolean;
  /** Somebody found the database damaged. */
  readonly isSuspicious: boolean;
}

/** Reads both generations. Lines that can't be read (a power cut, a damaged disk) are passed over. */
export function readJournal(dir: string): Journal {
  const file = join(dir, JOURNAL_FILE);
  const inputs = new Map<TaskId, string>();
  const over = new Map<TaskId, { at: number; as: EndedAs; outputs: readonly string[] }>();
  let [lastId, since, wasClosed, isSuspicious] = [0, Number.POSITIVE_INFINITY, false, false];
  for (const text of [...linesOf(`${file}.1`), ...linesOf(file)]) {
    const read = line.safeParse(parseJson(text)).data;
    if (read === undefined) continue;
    wasClosed = read[0] === 'closed';
    if (read[0] === 'from') {
      since = Math.min(since, read[1]);
      lastId = Math.max(lastId, read[2]);
    } else if (read[0] === 'added') {
      const [, , first, number, names] = read;
      lastId = Math.max(lastId, first + number - 1);
      for (const [place, [name]] of names.entries()) if (name !== undefined) inputs.set(first + place, name);
    } else if (read[0] === 'ended') {
      over.set(read[2], { at: read[1], as: read[3], outputs: read[4].map(({ path }) => path) });
    } else if (read[0] === 'damaged') isSuspicious = true;
    else if (read[0] === 'opened') isSuspicious = false;
  }
  return { exists: existsSync(file) || existsSync(`${file}.1`), lastId, inputs, ended: over, since, wasClosed, isSuspicious };
}

/** Owns the open journal. */
export class HighWater {
  readonly #file: string;
  readonly #generationBytes: number;
  #descriptor: number;
  #bytes: number;
  #lastId: TaskId;
  #lastAt: number;
  #isDirty = false;
  /** What could not be written yet: the disk is full or fails. */
  #held: Buffer = Buffer.alloc(0);

  /** lastId and since: what a new journal begins with; since 0: nothing was before, the database is new too. */
  constructor(dir: string, { lastId, since, generationBytes = GENERATION_BYTES }: { lastId: TaskId; since: number; generationBytes?: number }) {
    this.#file = join(dir, JOURNAL_FILE);
    this.#generationBytes = generationBytes;
    this.#lastId = lastId;
    this.#lastAt = since;
    this.#descriptor = openSync(this.#file, 'a', 0o600);
    this.#bytes = fstatSync(this.#descriptor).size;
    if (this.#bytes === 0) this.write([['from', since, lastId]]);
    // Ends a line that a crash cut short, and takes back the `closed` before.
    else this.write([['opened']]);
  }

  /** When the newest entry was, and the newest id of all. */
  get newest(): { readonly at: number; readonly lastId: TaskId } {
    return { at: this.#lastAt, lastId: this.#lastId };
  }

  /** Takes the file anew by its name, since its disk may have been away, and writes what was held back. */
  reopen(): void {
    const next = openSync(this.#file, 'a', 0o600);
    closeQuietly(this.#descriptor);
    this.#descriptor = next;
    this.#bytes = fstatSync(next).size;
    if (this.#bytes === 0) this.write([['from', this.#lastAt, this.#lastId]]);
    else this.#append(Buffer.alloc(0));
  }

  /** Never throws: what could not be written is tried again with the next. */
  write(entries: readonly Entry[]): void {
    if (entries.length === 0) return;
    for (const one of entries) {
      if (one[0] === 'added') this.#lastId = Math.max(this.#lastId, one[2] + one[3] - 1);
      if (one[0] === 'added' || one[0] === 'ended') this.#lastAt = one[1];
    }
    this.#append(Buffer.from(entries.map(lineOf).join('')));
  }

  /** Brings it to the disk; nobody must be waiting. */
  sync(): void {
    if (!this.#isDirty) return;
    try {
      fdatasyncSync(this.#descriptor);
      this.#isDirty = false;
    } catch {
      // It is tried again the next time; the database says to the user what is wrong with the disk.
    }
  }

  /** isInOrder: the database is closed with all that it was told, so that the next start need not look through it. */
  close(isInOrder: boolean = true): void {
    if (isInOrder) this.write([['closed']]);
    this.sync();
    closeSync(this.#descriptor);
  }

  #append(bytes: Buffer): void {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    let written = 0;
    try {
      written = writeSync(this.#descriptor, all);
      this.#bytes += written;
      this.#isDirty = true;
      if (this.#bytes > this.#generationBytes) this.#turn();
    } catch {
      // A full disk, most likely. The commit itself is safe.
    }
    this.#held = all.subarray(written).subarray(-HELD_BYTES);
  }

  /** Begins a new file; the one before takes the place of the oldest. */
  #turn(): void {
    renameSync(this.#file, `${this.#file}.1`);
    const next = openSync(this.#file, 'a', 0o600);
    closeSync(this.#descriptor);
    this.#descriptor = next;
    this.#bytes = writeSync(next, lineOf(['from', this.#lastAt, this.#lastId]));
  }
}

/** Kept while the disk refuses them; older ones are forgotten. */
const HELD_BYTES = 65_536;

/** Operations that tell the journal, and the moments when what they told counts or does not. */
export interface Watched {
  readonly operations: Operations;
  /** What was told before and not committed is forgotten. */
  begun(): void;
  committed(): void;
}

/** Watches tasks being accepted and being over. The operations themselves know nothing of it. */
export function watchOperations(operations: Operations, highWater: HighWater): Watched {
  let told: Entry[] = [];
  const over = (as: EndedAs, touched: TouchedRows, now: number): void => {
    for (const { task, didChange, others } of touched) {
      const { id, status } = standingOf(task);
      if (didChange && status !== 'running') told.push(['ended', now, id, as, '[]']);
      cancelled(others.map(standingOf), now);
    }
  };
  /** Of tasks that changed with another one, those that its group cancelled. */
  const cancelled = (tasks: readonly Standing[], now: number): void => {
    for (const { id, status } of tasks) if (status === 'cancelled') told.push(['ended', now, id, 'cancelled', '[]']);
  };
  const endedWith = (ended: EndedRow, now: number): EndedRow => {
    if (ended !== null) cancelled([ended.task, ...ended.others].map(standingOf), now);
    return ended;
  };
  return {
    begun: () => {
      if (told.length > 0) told = [];
    },
    committed: () => {
      highWater.write(told);
      if (told.length > 0) told = [];
    },
    operations: {
      ...operations,
      insertTasks(drafts, now, groups) {
        const inserted = operations.insertTasks(drafts, now, groups);
        const fresh = inserted.flatMap(([id, , , isDuplicate], place) => (isDuplicate ? [] : [{ id, inputs: drafts[place]?.[4] ?? '[]' }]));
        const first = fresh[0]?.id;
        // New ids of one call follow each other: nothing else inserts meanwhile.
        if (first !== undefined) told.push(['added', now, first, fresh.length, fresh.slice(0, NAMED_INPUTS).map(({ inputs }) => inputs)]);
        return inserted;
      },
      importRows(input) {
        const imported = operations.importRows(input);
        if (imported.firstId !== null) told.push(['added', input.now, imported.firstId, imported.tasks, []]);
        return imported;
      },
      fireSchedule(firing) {
        const fired = operations.fireSchedule(firing);
        if (fired.kind === 'fired' && fired.taskId !== null) told.push(['added', firing.now, fired.taskId, 1, [firing.draft?.[4] ?? '[]']]);
        return fired;
      },
      takeFiles(input) {
        const ids = operations.takeFiles(input);
        for (const id of ids) told.push(['added', input.now, id, 1, []]);
        return ids;
      },
      complete(input) {
        const completed = operations.complete(input);
        if (completed !== null) told.push(['ended', input.now, input.id, 'completed', input.outputs]);
        return completed;
      },
      fail: (input) => endedWith(operations.fail(input), input.now),
      lose: (input) => endedWith(operations.lose(input), input.now),
      release: (input) => endedWith(operations.release(input), input.now),
      changeGroup(input) {
        const changed = operations.changeGroup(input);
        if (input.command === 'cancel') cancelled(changed.tasks, input.now);
        return changed;
      },
      cancel(ids, now) {
        const touched = operations.cancel(ids, now);
        over('cancelled', touched, now);
        return touched;
      },
      remove(ids, now) {
        const touched = operations.remove(ids, now);
        over('removed', touched, now);
        return touched;
      },
    },
  };
}

/** A disk that is away may refuse even this; the descriptor is gone all the same. */
function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // Nothing that was written is lost by it: what counts was synced.
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
