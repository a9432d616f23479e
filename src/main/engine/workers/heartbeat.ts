/** How long a worker may be silent. */

/**
 * Lease length in ms by the estimated seconds of work: the longer a task runs, the less a minute matters, and the more
 * work a false alarm would throw away. An unknown estimate gets the shortest.
 */
export function leaseMsFor(estimateSeconds: number | null): number {
  if (estimateSeconds === null || estimateSeconds <= 300) return 60_000;
  if (estimateSeconds <= 1800) return 300_000;
  if (estimateSeconds <= 3600) return 600_000;
  return 900_000;
}

/** Workers are heard of four times per lease: three beats may get lost on a machine that is short of time. */
export function heartbeatMsFor(leaseMs: number): number {
  return leaseMs / 4;
}
