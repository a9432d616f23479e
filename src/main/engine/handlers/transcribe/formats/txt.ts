import type { Transcript } from './transcript.ts';

/** A longer silence begins a new paragraph: 2 s is where a listener hears one. */
const PARAGRAPH_PAUSE_MS = 2000;

/** Plain text: a line for each sentence or segment, a blank line where the speaker paused. */
export function writeTxt(transcript: Transcript): string {
  return transcript.segments
    .map((segment, index) => {
      const previous = transcript.segments[index - 1];
      const isNewParagraph = previous !== undefined && segment.startMs - previous.endMs >= PARAGRAPH_PAUSE_MS;
      return `${isNewParagraph ? '\n' : ''}${segment.text}\n`;
    })
    .join('');
}
