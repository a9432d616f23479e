/** What a task is expected to need, by its estimate and by what its recipe really took lately. Plain values in and out. */
import type { Estimate, TaskType } from '../../../shared/task.ts';
import { PROCESSOR_SHARE, TEMP_IN_OUTPUT_SHARE, UNKNOWN_MEMORY_BYTES } from '../handlers/estimate.ts';

/** What the newest attempts of a recipe took: medians of used / estimated. Null: too few to tell. processors: cores kept busy, per core that the attempt was given. */
export interface Correction {
  readonly memoryRatio: number | null;
  readonly tempRatio: number | null;
  readonly processors: number | null;
}

/** No recipe has been measured yet. */
export const NO_CORRECTION: Correction = { memoryRatio: null, tempRatio: null, processors: null };

/** What an attempt needs of the machine. */
export interface Need {
  readonly memoryBytes: number;
  /** In the work folder, and in the folder for outputs. */
  readonly workBytes: number;
  readonly outputBytes: number;
  /** Cores, as a number that may be a fraction. */
  readonly processors: number;
}

/** A correction beyond these says more of an odd file than of the recipe. */
const RATIO_RANGE = { min: 0.1, max: 10 } as const;
/** On a busy machine an attempt gets less of the processor than it could use: what was measured lowers the type's share by half at most. */
const LEAST_SHARE = 0.5;

/** threads: what the attempt is given. Without an estimate only the type is known, and no room on a disk is asked for. */
export function needOf(task: { readonly type: TaskType; readonly estimate: Estimate | null }, threads: number, { memoryRatio, tempRatio, processors }: Correction): Need {
  const { type, estimate } = task;
  const tempBytes = (estimate?.tempBytes ?? 0) * inRange(tempRatio ?? 1);
  const outputBytes = tempBytes * TEMP_IN_OUTPUT_SHARE[type];
  return {
    memoryBytes: estimate === null ? UNKNOWN_MEMORY_BYTES[type] : estimate.memoryBytes * inRange(memoryRatio ?? 1),
    workBytes: tempBytes - outputBytes, outputBytes,
    processors: threads * Math.min(1, Math.max(processors ?? PROCESSOR_SHARE[type], PROCESSOR_SHARE[type] * LEAST_SHARE)),
  };
}

function inRange(ratio: number): number {
  return Math.min(RATIO_RANGE.max, Math.max(RATIO_RANGE.min, ratio));
}
