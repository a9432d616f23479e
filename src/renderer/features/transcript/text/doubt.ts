/** Words that want a second look. */
import type { TranscriptSegment, TranscriptWord } from '../../../../shared/transcript.ts';
import type { Place } from './playback.ts';

/** As in shared/transcript.ts, which needs zod; a test compares. */
export const LOW_CONFIDENCE = 0.5;

export function isDoubtful(word: TranscriptWord): boolean {
  return word.confidence < LOW_CONFIDENCE;
}

export function countDoubtful(segments: readonly TranscriptSegment[]): number {
  return segments.reduce((sum, { words }) => sum + words.filter(isDoubtful).length, 0);
}

/** The next one behind a place, from the start again at the end; null: there is none. */
export function nextDoubtful(segments: readonly TranscriptSegment[], after: Place): Place | null {
  const all = segments.flatMap(({ words }, segment) => words.flatMap((word, index) => (isDoubtful(word) ? [{ segment, word: index }] : [])));
  return all.find((place) => place.segment > after.segment || (place.segment === after.segment && place.word > after.word)) ?? all[0] ?? null;
}
