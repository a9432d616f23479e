import { cueText, makeCues } from './cues.ts';
import { formatTime, type Transcript } from './transcript.ts';

/** SubRip: number, times, text, blank line. No speech: an empty file. */
export function writeSrt(transcript: Transcript): string {
  return makeCues(transcript.segments)
    .map((cue, index) => `${index + 1}\n${formatTime(cue.startMs, ',')} --> ${formatTime(cue.endMs, ',')}\n${cueText(cue)}\n\n`)
    .join('');
}
