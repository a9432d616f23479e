/** Why a request is not answered with what it asked for: as an HTTP status, as an error for programs, and as a page for people. */
import { TaskError, type ErrorCode } from '../../shared/errors.ts';

/** The pages that people may get instead of the window; pages.ts has their words. */
export type PageName = 'wrongAddress' | 'foreignPage' | 'noSession' | 'staleSession' | 'staleLink' | 'notFound' | 'fileGone' | 'notBuilt' | 'broken';

export class Refusal extends Error {
  readonly status: number;
  readonly page: PageName;
  readonly error: TaskError;

  constructor(status: number, page: PageName, error: TaskError) {
    super(error.message, { cause: error });
    this.status = status;
    this.page = page;
    this.error = error;
  }

  /** Anything thrown while a request was answered. */
  static from(thrown: unknown): Refusal {
    if (thrown instanceof Refusal) return thrown;
    const error = TaskError.from(thrown);
    const status = statusOf(error.code);
    return new Refusal(status, status === 404 || status === 409 ? 'fileGone' : 'broken', error);
  }
}

const STATUSES: Partial<Record<ErrorCode, number>> = {
  USAGE: 400, OPTION_INVALID: 400, RECIPE_UNKNOWN: 400, NOT_ALLOWED: 403, TASK_UNKNOWN: 404, GROUP_UNKNOWN: 404, SCHEDULE_UNKNOWN: 404, INPUT_MISSING: 404, TASK_STATE: 409, DISK_FULL: 507, NOT_HERE: 501,
  STORE_OWNED: 503, STORE_FAILED: 503, INTERNAL: 500, IO_ERROR: 500, OUTPUT_NOT_WRITABLE: 500,
};
/** The request was understood, and can't be done with what it names. */
const UNPROCESSABLE = 422;

/** The HTTP status that goes with an error. */
export function statusOf(code: ErrorCode): number {
  return STATUSES[code] ?? UNPROCESSABLE;
}

/** There is no such address. */
export function notFound(): Refusal {
  return new Refusal(404, 'notFound', new TaskError('USAGE', 'There is nothing at this address.'));
}
