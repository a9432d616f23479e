/** The one list of error codes. error-classes.ts says what each means for the task that met it. */
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
  'OPTION_INVALID', 'RECIPE_UNKNOWN', 'TASK_UNKNOWN', 'GROUP_UNKNOWN', 'SCHEDULE_UNKNOWN', 'TASK_STATE', 'DEPENDENCY_FAILED', 'TIMED_OUT', 'STOPPED',
  'WORKER_LOST', 'POISON', 'LEASE_LOST',
  // Somebody else: a remote service, the network, a busy system.
  'REFUSED', 'UNAVAILABLE', 'RATE_LIMITED', 'QUOTA',
  // The engine.
  'STORE_OWNED', 'STORE_DAMAGED', 'STORE_FAILED', 'USAGE', 'INTERNAL',
  // The host.
  'NOT_HERE', 'NOT_ALLOWED',
] as const;
export const errorCode = z.enum(ERROR_CODES);
export type ErrorCode = z.infer<typeof errorCode>;
