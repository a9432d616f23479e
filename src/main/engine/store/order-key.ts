/** The order in which tasks are claimed, as one number that never depends on now. */

/** Each minute that a task waits counts as one point of priority. */
const MS_PER_POINT = 60_000;
/** A user's tier outweighs the whole priority range of the tier below. */
const POINTS_PER_TIER = 10;
/** Work over an hour steps back behind everything short of the same priority that came within twenty minutes of it. */
const LONG_WORK_SECONDS = 3600;
const LONG_WORK_PENALTY_POINTS = 20;

/** What the order of a task depends on. tier: the user's, 0 upwards. estimateSeconds null: not known, taken as short. */
export interface OrderInput {
  readonly priority: number;
  readonly tier: number;
  readonly estimateSeconds: number | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/**
 * The claim order's key: higher first, then the lower id. All tasks age alike, so `priority + minutes waited` orders two
 * of them the same at every moment, and the key is `60 000 × (priority + 10 × tier − penalty) − createdAt`.
 */
export function orderKey(input: OrderInput): number {
  const isLong = input.estimateSeconds !== null && input.estimateSeconds > LONG_WORK_SECONDS;
  const points = input.priority + POINTS_PER_TIER * input.tier - (isLong ? LONG_WORK_PENALTY_POINTS : 0);
  return MS_PER_POINT * points - input.createdAt;
}
