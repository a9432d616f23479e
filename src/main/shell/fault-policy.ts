/** What to do about an error that nobody caught in the main process. */

export interface Fault {
  readonly kind: 'exception' | 'rejection';
  /** The window's page was loaded once. */
  readonly hasStarted: boolean;
  readonly upMs: number;
}

/** Younger than this, an app that starts itself again would do so for ever. */
const STEADY_MS = 60_000;

/**
 * log: a promise of a running app that nobody waited for spoils nothing else. restart: after an exception the process is in an unknown
 * state, and the queue shall go on at night too. stop: it would only happen again.
 */
export function decideOnFault({ kind, hasStarted, upMs }: Fault): 'log' | 'restart' | 'stop' {
  if (kind === 'rejection') return hasStarted ? 'log' : 'stop';
  return upMs >= STEADY_MS ? 'restart' : 'stop';
}
