/** All that decides the bytes of a checkpoint's parts. When any of it differs, parts of an earlier attempt are of no use. */
import * as z from 'zod';
import { sourceIdentity } from '../media/source-identity.ts';

export const basis = z.object({
  source: sourceIdentity,
  /** Capabilities.fingerprint. */
  ffmpeg: z.string(),
  /** Every argument that matters, paths aside. */
  arguments: z.array(z.string()),
});
export type Basis = z.infer<typeof basis>;

/** Null when the two agree, else what differs, for the log. */
export function basisDifference(stored: Basis, now: Basis): string | null {
  if (JSON.stringify(stored.source) !== JSON.stringify(now.source)) return 'the input has changed';
  if (stored.ffmpeg !== now.ffmpeg) return 'another FFmpeg is in use';
  return JSON.stringify(stored.arguments) === JSON.stringify(now.arguments) ? null : 'the settings are others';
}
