/** A task's row as it crosses from the store's thread: a list of values, checked one by one where it is read back to a Task. */
import * as z from 'zod';
import { taskErrorShape } from '../../../shared/errors.ts';
import { estimate, output, QUEUE_NAMES, TASK_STATUSES, TASK_TYPES, taskId, TIERS, type Task, type TaskType, type Tier } from '../../../shared/task.ts';
import { COLUMN_NAMES, damagedError, parseJson } from './row.ts';

/** The values of TASK_COLUMNS, in their order: where tasks go by the thousand, names would be most of what crosses between the threads. */
export type PackedRow = readonly unknown[];

/** The task, and the names of the columns whose JSON could not be read; those are empty in it, and its error says so. */
export interface ReadTask {
  readonly task: Task;
  readonly damaged: readonly string[];
}

const ID_AT = COLUMN_NAMES.indexOf('id');
const STATUS_AT = COLUMN_NAMES.indexOf('status');

/** Types that keep checkpoints whatever they are asked for; what the others do is over in seconds, or mostly copies at the speed of the disk. */
const RESUMABLE: ReadonlySet<TaskType> = new Set(['transcribe', 'video_convert', 'video_preview', 'video_thumbnail', 'document_preview', 'model_preview']);

/** A packed row as an answer's schema: a value that no task can have is refused. */
export const packedTask = z.unknown().transform((values, context): ReadTask => {
  try {
    if (Array.isArray(values)) return readTask(values);
    context.issues.push({ code: 'custom', message: 'not a packed row', input: values });
  } catch (thrown) {
    context.issues.push({ code: 'custom', message: String(thrown), input: values });
  }
  return z.NEVER;
});

/**
 * Takes a row's values in the order of COLUMN_NAMES and throws at the first one that no task can have. By hand, because every task passes
 * here several times in its life: a schema of fifty fields costs twenty times as much.
 */
export function readTask(values: PackedRow): ReadTask {
  const cells = new Cells(values);
  const damaged: string[] = [];
  const json = createJsonReader(damaged);
  const task: Task = {
    id: cells.int(1), type: cells.oneOf(isType), recipe: cells.text(), status: cells.oneOf(isStatus), queue: cells.oneOf(isQueue), priority: cells.int(0, 10),
    progress: cells.number(0, 100), progressCurrent: cells.number(0), progressTotal: cells.number(0),
    message: cells.text(), warnings: json.list('warnings', texts, cells.text()), inputs: json.list('inputs', texts, cells.text()), outputDir: cells.textOrNull(),
    outputs: json.list('outputs', outputs, cells.text()), options: json.options(cells.text()), attempt: cells.int(0), failures: cells.int(0),
    maxRetries: cells.int(0), workerLosses: cells.int(0), error: json.orNull('error', taskErrorShape, cells.textOrNull()), lastError: json.orNull('lastError', taskErrorShape, cells.textOrNull()),
    runAt: cells.numberOrNull(), leaseOwner: cells.textOrNull(), leaseUntil: cells.numberOrNull(), stopRequested: cells.orNull(isWish),
    createdAt: cells.number(), updatedAt: cells.number(), startedAt: cells.numberOrNull(), completedAt: cells.numberOrNull(),
    durationMs: cells.number(0), estimate: json.orNull('estimate', estimate, cells.textOrNull()), orderKey: cells.number(), deletedAt: cells.numberOrNull(),
    dependencyMode: cells.oneOf(isDependencyMode), parentTaskId: cells.idOrNull(), groupId: cells.idOrNull(), owner: cells.textOrNull(), tier: tierOf(cells.int(0, TIERS.length - 1)),
    documentId: cells.textOrNull(), project: cells.textOrNull(), notify: json.list('notify', texts, cells.text()), rateKey: cells.textOrNull(), retryDelayMs: cells.numberOrNull(0),
    softLimitSeconds: cells.numberOrNull(0), hardLimitSeconds: cells.numberOrNull(0),
    scheduleId: cells.idOrNull(), scheduledFor: cells.numberOrNull(),
    dependsOn: json.list('dependsOn', taskIds, cells.text()),
    checkpoint: checkpointOf(cells.numberOrNull(0), cells.int(0)),
    resumable: false,
  };
  task.resumable = RESUMABLE.has(task.type);
  return { task: damaged.length === 0 ? task : { ...task, error: damagedError(task.id, damaged) }, damaged };
}

/** Which task it is and where it stands. */
export type Standing = Pick<Task, 'id' | 'status'>;

/** Of a packed row no more than that. */
export function standingOf(values: PackedRow): Standing {
  const [id, status] = [values[ID_AT], values[STATUS_AT]];
  if (typeof id !== 'number' || !isStatus(status)) throw new TypeError('A row of no task.');
  return { id, status };
}

/** The tier of a level. */
export function tierOf(level: number): Tier {
  return TIERS[level] ?? 'FREE';
}

function checkpointOf(partsTotal: number | null, partsDone: number): Task['checkpoint'] {
  return partsTotal === null ? null : { partsDone, partsTotal };
}

/** Values taken one after the other. */
class Cells {
  readonly #values: PackedRow;
  #at = 0;

  constructor(values: PackedRow) {
    this.#values = values;
  }

  text(): string {
    const value = this.#next();
    return typeof value === 'string' ? value : this.#refuse(value);
  }

  textOrNull(): string | null {
    const value = this.#next();
    return value === null || typeof value === 'string' ? value : this.#refuse(value);
  }

  number(least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY): number {
    const value = this.#next();
    return typeof value === 'number' && value >= least && value <= most ? value : this.#refuse(value);
  }

  numberOrNull(least = Number.NEGATIVE_INFINITY): number | null {
    const value = this.#next();
    return value === null || (typeof value === 'number' && value >= least) ? value : this.#refuse(value);
  }

  int(least: number, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.#next();
    return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : this.#refuse(value);
  }

  idOrNull(): number | null {
    const value = this.#next();
    return value === null || (typeof value === 'number' && Number.isInteger(value) && value > 0) ? value : this.#refuse(value);
  }

  oneOf<T>(isOne: (value: unknown) => value is T): T {
    const value = this.#next();
    return isOne(value) ? value : this.#refuse(value);
  }

  orNull<T>(isOne: (value: unknown) => value is T): T | null {
    const value = this.#next();
    return value === null || isOne(value) ? value : this.#refuse(value);
  }

  #next(): unknown {
    const value = this.#values[this.#at];
    this.#at += 1;
    return value;
  }

  #refuse(value: unknown): never {
    throw new TypeError(`${COLUMN_NAMES[this.#at - 1] ?? 'a column'} can't be ${JSON.stringify(value) ?? 'undefined'}`);
  }
}

/** What can't be read is noted in `damaged` and read as empty. Most lists are empty, and are not parsed for it. */
function createJsonReader(damaged: string[]) {
  const note = <T>(name: string, parsed: z.ZodSafeParseResult<T>): T | null => {
    if (parsed.success) return parsed.data;
    damaged.push(name);
    return null;
  };
  return {
    list: <T>(name: string, schema: z.ZodType<T[]>, text: string): T[] => (text === '[]' ? [] : (note(name, schema.safeParse(parseJson(text))) ?? [])),
    options: (text: string): Task['options'] => (text === '{}' ? {} : (note('options', options.safeParse(parseJson(text))) ?? {})),
    orNull: <T>(name: string, schema: z.ZodType<T>, text: string | null): T | null => (text === null || text === 'null' ? null : note(name, schema.safeParse(parseJson(text)))),
  };
}

function oneOf<T>(values: readonly T[]): (value: unknown) => value is T {
  const known: ReadonlySet<unknown> = new Set(values);
  return (value): value is T => known.has(value);
}

const isType = oneOf(TASK_TYPES);
const isStatus = oneOf(TASK_STATUSES);
const isQueue = oneOf(QUEUE_NAMES);
const isDependencyMode = oneOf(['completed', 'settled'] satisfies Task['dependencyMode'][]);
const isWish = oneOf(['pause', 'cancel', 'remove'] satisfies Task['stopRequested'][]);
const texts = z.array(z.string());
const outputs = z.array(output);
const taskIds = z.array(taskId);
/** What was parsed from JSON holds nothing but JSON. */
const options = z.custom<Task['options']>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
