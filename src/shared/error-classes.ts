/** Which class each error code belongs to, and what follows from it: the one place that decides what may be tried again. */
import type { ErrorCode } from './error-codes.ts';

/** What a class of errors means for the task that met one. */
export interface ErrorClass {
  /** Whether another try without anybody's doing could go well. Where not, no thrower can say otherwise. */
  readonly mayRetry: boolean;
  /** Whether it is tried again when its thrower does not say. */
  readonly retriesUnlessTold: boolean;
  /** Whether a try counts against the task's retries. What ends by itself, and is nobody's fault, is waited out instead. */
  readonly spendsRetry: boolean;
}

const RETRIED: ErrorClass = { mayRetry: true, retriesUnlessTold: true, spendsRetry: true };
const WAITED_OUT: ErrorClass = { mayRetry: true, retriesUnlessTold: true, spendsRetry: false };
const FINAL: ErrorClass = { mayRetry: false, retriesUnlessTold: false, spendsRetry: false };

/** By name. The first five are retryable, the others are not. */
export const ERROR_CLASSES = {
  refused: RETRIED,
  timeout: RETRIED,
  /** What goes wrong once and well the next time, or not: who throws it knows and says so. */
  temporary: { mayRetry: true, retriesUnlessTold: false, spendsRetry: true },
  /** Somebody has to make room; giving up would lose accepted work. */
  diskFull: WAITED_OUT,
  /** With a countdown of its own: retryAfterMs. */
  rateLimit: WAITED_OUT,
  badInput: FINAL,
  quota: FINAL,
  /** A model or a program that is not there or not usable. */
  missing: FINAL,
  cancelled: FINAL,
  /** It would end in the same way until somebody looks: poison, a dependency that failed, a damaged row. */
  hopeless: FINAL,
} as const satisfies Record<string, ErrorClass>;
export type ErrorClassName = keyof typeof ERROR_CLASSES;

/** The class of each code; exactly one. */
export const CLASS_OF_CODE = {
  INPUT_MISSING: 'badInput', INPUT_EMPTY: 'badInput', INPUT_UNREADABLE: 'badInput', INPUT_NOT_MEDIA: 'badInput', INPUT_DAMAGED: 'badInput', INPUT_ENCRYPTED: 'badInput',
  INPUT_NO_STREAM: 'badInput', INPUT_NOT_ALLOWED: 'badInput',
  // It may still be on its way from a camera or a network.
  INPUT_CHANGED: 'temporary',
  OUTPUT_DIR_MISSING: 'temporary', OUTPUT_NOT_WRITABLE: 'badInput', OUTPUT_IS_INPUT: 'badInput', OUTPUT_CHECK_FAILED: 'temporary', DISK_FULL: 'diskFull', IO_ERROR: 'temporary',
  TOOL_MISSING: 'missing', TOOL_FAILED: 'temporary', TOOL_STUCK: 'timeout', MODEL_MISSING: 'missing', MODEL_DAMAGED: 'missing', MODEL_LANGUAGE: 'missing', DOWNLOAD_FAILED: 'temporary',
  OPTION_INVALID: 'badInput', RECIPE_UNKNOWN: 'badInput', TASK_UNKNOWN: 'badInput', GROUP_UNKNOWN: 'badInput', SCHEDULE_UNKNOWN: 'badInput', TASK_STATE: 'badInput', DEPENDENCY_FAILED: 'hopeless', TIMED_OUT: 'timeout', STOPPED: 'cancelled',
  WORKER_LOST: 'temporary', POISON: 'hopeless', LEASE_LOST: 'temporary',
  REFUSED: 'refused', UNAVAILABLE: 'temporary', RATE_LIMITED: 'rateLimit', QUOTA: 'quota',
  STORE_OWNED: 'temporary', STORE_DAMAGED: 'hopeless', STORE_FAILED: 'temporary', USAGE: 'badInput', INTERNAL: 'temporary',
  NOT_HERE: 'missing', NOT_ALLOWED: 'badInput',
} as const satisfies Record<ErrorCode, ErrorClassName>;

/** What the code's class means. */
export function classOf(code: ErrorCode): ErrorClass {
  return ERROR_CLASSES[CLASS_OF_CODE[code]];
}
