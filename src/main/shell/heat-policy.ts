/** What the system says of its heat, as a yes or no. */

/** Below this the system runs the processor at half of its speed: work that waits loses little. */
const LEAST_SPEED_PERCENT = 50;

/** state: unknown, nominal, fair, serious or critical. macOS asks programs to use less from serious on; Longhaul waits at critical, where fans are at their end. */
export function isHot(state: string, speedLimitPercent: number): boolean {
  return state === 'critical' || speedLimitPercent < LEAST_SPEED_PERCENT;
}
