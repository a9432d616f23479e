/** Stored preferences, read back as untrusted input: what does not fit any more is at its default, the rest stays. */
import { preferences, type Preferences } from '../../shared/host-contract.ts';

export function parsePreferences(stored: unknown): Preferences {
  const fields: [string, unknown][] = typeof stored === 'object' && stored !== null ? Object.entries(stored) : [];
  const fitting = fields.filter(([name, value]) => preferences.partial().safeParse({ [name]: value }).success);
  return preferences.parse(Object.fromEntries(fitting));
}
