/** What a person can do about an error: for each code the steps that help, the likeliest first. */
import type { ErrorCode } from '../../../shared/errors.ts';
import type { TaskStatus } from '../../../shared/task.ts';

/**
 * retry: once more from its checkpoint. chooseFile: the same work on another file. chooseFolder: the same work into another folder.
 * chooseRecipe: another recipe for the same file. reveal: show where the file lies. models: go to that page.
 * log: what the tools said. dependency: the task that this one waited for. remove: take it off the list.
 */
export const CURES = ['retry', 'chooseFile', 'chooseFolder', 'chooseRecipe', 'reveal', 'models', 'log', 'dependency', 'remove'] as const;
export type Cure = (typeof CURES)[number];

/** Empty: nothing can be done from here, the message says what to do elsewhere. */
export const CURES_OF = {
  INPUT_MISSING: ['chooseFile', 'retry', 'remove'],
  INPUT_EMPTY: ['chooseFile', 'retry', 'remove'],
  INPUT_UNREADABLE: ['retry', 'reveal', 'chooseFile'],
  INPUT_NOT_MEDIA: ['chooseFile', 'remove'],
  INPUT_DAMAGED: ['chooseFile', 'retry', 'log'],
  INPUT_ENCRYPTED: ['chooseFile', 'remove'],
  INPUT_NO_STREAM: ['chooseRecipe', 'chooseFile', 'remove'],
  INPUT_NOT_ALLOWED: ['chooseFile', 'remove'],
  INPUT_CHANGED: ['retry'],
  OUTPUT_DIR_MISSING: ['chooseFolder', 'retry'],
  OUTPUT_NOT_WRITABLE: ['chooseFolder', 'retry'],
  OUTPUT_IS_INPUT: ['chooseFolder', 'chooseRecipe'],
  OUTPUT_CHECK_FAILED: ['retry', 'log'],
  DISK_FULL: ['reveal', 'retry', 'chooseFolder'],
  IO_ERROR: ['retry', 'chooseFolder'],
  TOOL_MISSING: ['retry', 'log'],
  TOOL_FAILED: ['retry', 'chooseRecipe', 'log'],
  TOOL_STUCK: ['retry', 'log'],
  MODEL_MISSING: ['models', 'retry'],
  MODEL_DAMAGED: ['models', 'retry'],
  MODEL_LANGUAGE: ['models', 'retry'],
  DOWNLOAD_FAILED: ['models', 'retry'],
  OPTION_INVALID: ['chooseRecipe', 'remove'],
  RECIPE_UNKNOWN: ['chooseRecipe', 'remove'],
  GROUP_UNKNOWN: [], SCHEDULE_UNKNOWN: ['remove'],
  TASK_UNKNOWN: ['remove'],
  TASK_STATE: ['retry'],
  DEPENDENCY_FAILED: ['dependency', 'retry'],
  TIMED_OUT: ['retry', 'log'],
  STOPPED: ['retry'],
  WORKER_LOST: ['retry', 'log'],
  POISON: ['retry', 'log'],
  LEASE_LOST: ['retry'],
  REFUSED: ['retry', 'log'],
  UNAVAILABLE: ['retry', 'log'],
  RATE_LIMITED: ['retry'],
  QUOTA: ['retry', 'remove'],
  STORE_OWNED: ['retry'],
  STORE_DAMAGED: ['retry'],
  STORE_FAILED: ['retry'],
  USAGE: ['chooseRecipe', 'remove'],
  INTERNAL: ['retry', 'log'],
  NOT_HERE: [],
  NOT_ALLOWED: [],
} as const satisfies Record<ErrorCode, readonly Cure[]>;

/** What is known of the task and its host. */
export interface CureSetting {
  readonly status: TaskStatus;
  /** Whether the host can show files in the system's file manager. */
  readonly canReveal: boolean;
  /** Whether there is a task that it waited for. */
  readonly hasDependency: boolean;
}

/** The cures that can be taken now. A task that tries again by itself is neither retried nor replaced by hand. */
export function curesFor(code: ErrorCode, { status, canReveal, hasDependency }: CureSetting): Cure[] {
  const isSettled = status === 'failed' || status === 'cancelled';
  const all: readonly Cure[] = CURES_OF[code];
  return all.filter((cure) => {
    switch (cure) {
      case 'retry':
      case 'chooseFile':
      case 'chooseFolder':
      case 'chooseRecipe':
        return isSettled;
      case 'reveal':
        return canReveal;
      case 'dependency':
        return hasDependency;
      case 'models':
      case 'log':
      case 'remove':
        return true;
    }
  });
}
