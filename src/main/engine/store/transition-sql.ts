/** The state machine's rows as pieces of SQL, so that no statement states a status change by itself. */
import { TRANSITIONS, type TransitionName } from '../transitions.ts';

/** `status = 'paused'`: for the SET of an UPDATE. */
export function become(name: TransitionName): string {
  return `status = '${TRANSITIONS[name].to}'`;
}

/** `status IN ('pending', …)`: for the WHERE of the same UPDATE. */
export function mayMake(name: TransitionName): string {
  return `status IN (${TRANSITIONS[name].from.map((status) => `'${status}'`).join(', ')})`;
}

/** The WHERE of whatever only the holder of the attempt may write. */
export const HELD = `id = @id AND status = 'running' AND lease_owner = @leaseOwner AND attempt = @attempt`;

/** The WHERE of a fenced transition. */
export function heldAndMayMake(name: TransitionName): string {
  return `${mayMake(name)} AND ${HELD}`;
}
