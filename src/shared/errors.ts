/** The one error that crosses processes. */
import * as z from 'zod';
import { classOf } from './error-classes.ts';
import { errorCode, type ErrorCode } from './error-codes.ts';

export { ERROR_CODES, errorCode, type ErrorCode } from './error-codes.ts';

/** A TaskError as plain data: in the store, over IPC and in `--json`. */
export const taskErrorShape = z.object({
  code: errorCode,
  /** What failed, on what, and what to do, in that order. */
  message: z.string(),
  /** Whether the same attempt may go well later without anybody changing anything. */
  retryable: z.boolean(),
  /** Who refused says to wait this long, in milliseconds. */
  retryAfterMs: z.number().nonnegative().optional(),
  /** For diagnosis: a tool's last lines, an exit code. Never needed to understand the message. */
  details: z.string().optional(),
});
export type TaskErrorShape = z.infer<typeof taskErrorShape>;

/** retryable: without it, by the code's class. */
export interface TaskErrorOptions {
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
  readonly details?: string;
  readonly cause?: unknown;
}

/** Says what failed, on what, and what to do. Retryable is decided where the knowledge is, within what the code's class allows. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  readonly details: string | undefined;

  constructor(code: ErrorCode, message: string, options: TaskErrorOptions = {}) {
    super(message, { cause: options.cause });
    const { mayRetry, retriesUnlessTold } = classOf(code);
    this.code = code;
    this.retryable = mayRetry && (options.retryable ?? retriesUnlessTold);
    this.retryAfterMs = options.retryAfterMs;
    this.details = options.details;
  }

  toShape(): TaskErrorShape {
    const shape: TaskErrorShape = { code: this.code, message: this.message, retryable: this.retryable };
    if (this.retryAfterMs !== undefined) shape.retryAfterMs = this.retryAfterMs;
    if (this.details !== undefined) shape.details = this.details;
    return shape;
  }

  static fromShape(shape: TaskErrorShape): TaskError {
    const { code, message, retryable, retryAfterMs, details } = shape;
    return new TaskError(code, message, { retryable, ...(retryAfterMs === undefined ? {} : { retryAfterMs }), ...(details === undefined ? {} : { details }) });
  }

  /** Anything thrown, as a TaskError. What nobody foresaw is INTERNAL and may be tried again. */
  static from(thrown: unknown): TaskError {
    if (thrown instanceof TaskError) return thrown;
    // fetch hides what the network said behind a TypeError.
    const known = fromSystemError(thrown) ?? (thrown instanceof Error ? fromSystemError(thrown.cause) : undefined);
    if (known !== undefined) return known;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const stack = thrown instanceof Error ? thrown.stack : undefined;
    return new TaskError('INTERNAL', `Something unforeseen went wrong: ${message}`, { retryable: true, cause: thrown, ...(stack === undefined ? {} : { details: stack }) });
  }
}

/** The operating system's own refusals that deserve their code wherever they come from. */
function fromSystemError(thrown: unknown): TaskError | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown) || typeof thrown.code !== 'string') return undefined;
  const path = 'path' in thrown && typeof thrown.path === 'string' ? ` (${thrown.path})` : '';
  switch (thrown.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new TaskError('DISK_FULL', `The disk is full${path}. Free some space; the task goes on by itself.`, { retryable: true, cause: thrown });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new TaskError('OUTPUT_NOT_WRITABLE', `The system refused access${path}. Check the permissions, then retry.`, { cause: thrown, details: thrown.message });
    case 'EIO':
      return new TaskError('IO_ERROR', `The disk reported a read or write error${path}. Check the disk; the task tries again.`, { retryable: true, cause: thrown, details: thrown.message });
    case 'ECONNREFUSED':
      return new TaskError('REFUSED', `The connection was refused${path}. Check that what it leads to runs; the task tries again.`, { cause: thrown, details: thrown.message });
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return new TaskError('TIMED_OUT', `There was no answer in time${path}. Check the connection; the task tries again.`, { cause: thrown, details: thrown.message });
    case 'EAI_AGAIN':
    case 'ECONNRESET':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
    case 'UND_ERR_SOCKET':
      return new TaskError('UNAVAILABLE', `The network did not lead through${path}. Check the connection; the task tries again.`, { retryable: true, cause: thrown, details: thrown.message });
    case 'EAGAIN':
    case 'EBUSY':
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
      return new TaskError('UNAVAILABLE', `The system is short of something${path} (${thrown.code}). Close other programs; the task tries again.`, { retryable: true, cause: thrown, details: thrown.message });
    default:
      return undefined;
  }
}
