/** The one error that crosses processes, with the one list of its codes. */
import * as z from 'zod';

export const ERROR_CODES = [
  // The input.
  'INPUT_MISSING', 'INPUT_EMPTY', 'INPUT_UNREADABLE', 'INPUT_NOT_MEDIA', 'INPUT_DAMAGED', 'INPUT_ENCRYPTED',
  'INPUT_NO_STREAM', 'INPUT_NOT_ALLOWED', 'INPUT_CHANGED',
  // The output.
  'OUTPUT_DIR_MISSING', 'OUTPUT_NOT_WRITABLE', 'OUTPUT_IS_INPUT', 'OUTPUT_CHECK_FAILED', 'DISK_FULL', 'IO_ERROR',
  // Tools and models.
  'TOOL_MISSING', 'TOOL_FAILED', 'TOOL_STUCK', 'MODEL_MISSING', 'MODEL_DAMAGED', 'MODEL_LANGUAGE', 'DOWNLOAD_FAILED',
  // The task.
  'OPTION_INVALID', 'RECIPE_UNKNOWN', 'TASK_UNKNOWN', 'TASK_STATE', 'DEPENDENCY_FAILED', 'TIMED_OUT', 'STOPPED',
  'WORKER_LOST', 'POISON', 'LEASE_LOST',
  // The engine.
  'STORE_OWNED', 'STORE_DAMAGED', 'STORE_FAILED', 'USAGE', 'INTERNAL',
  // The host.
  'NOT_HERE', 'NOT_ALLOWED',
] as const;
export const errorCode = z.enum(ERROR_CODES);
export type ErrorCode = z.infer<typeof errorCode>;

/** A TaskError as plain data: in the store, over IPC and in `--json`. */
export const taskErrorShape = z.object({
  code: errorCode,
  /** What failed, on what, and what to do, in that order. */
  message: z.string(),
  /** Whether the same attempt may go well later without anybody changing anything. */
  retryable: z.boolean(),
  /** For diagnosis: a tool's last lines, an exit code. Never needed to understand the message. */
  details: z.string().optional(),
});
export type TaskErrorShape = z.infer<typeof taskErrorShape>;

/** Says what failed, on what, and what to do. Retryable is decided where the knowledge is. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: string | undefined;

  constructor(code: ErrorCode, message: string, options: { retryable?: boolean; details?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details;
  }

  toShape(): TaskErrorShape {
    const shape: TaskErrorShape = { code: this.code, message: this.message, retryable: this.retryable };
    if (this.details !== undefined) shape.details = this.details;
    return shape;
  }

  static fromShape(shape: TaskErrorShape): TaskError {
    return new TaskError(shape.code, shape.message, { retryable: shape.retryable, ...(shape.details === undefined ? {} : { details: shape.details }) });
  }

  /** Anything thrown, as a TaskError. What nobody foresaw is INTERNAL and may be tried again. */
  static from(thrown: unknown): TaskError {
    if (thrown instanceof TaskError) return thrown;
    const known = fromSystemError(thrown);
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
    default:
      return undefined;
  }
}
