import { lineText, makeCues, type Cue, type TimedPiece } from './cues.ts';
import { formatTime, type Transcript } from './transcript.ts';

/** WebVTT (W3C). With word times each word but the first carries its own, as players for karaoke and search use them. */
export function writeVtt(transcript: Transcript, withWordTimes: boolean): string {
  const cues = makeCues(transcript.segments).map((cue) => `${formatTime(cue.startMs, '.')} --> ${formatTime(cue.endMs, '.')}\n${text(cue, withWordTimes)}\n\n`);
  return `WEBVTT\n\n${cues.join('')}`;
}

function text(cue: Cue, withWordTimes: boolean): string {
  if (!withWordTimes) return cue.lines.map((line) => escape(lineText(line))).join('\n');
  let lastMs = cue.startMs;
  const timed = (piece: TimedPiece): string => {
    // The format asks for times that grow and lie inside the cue.
    const isInside = piece.startMs > lastMs && piece.startMs < cue.endMs;
    if (!isInside) return escape(piece.text);
    lastMs = piece.startMs;
    return `<${formatTime(piece.startMs, '.')}>${escape(piece.text)}`;
  };
  return cue.lines.map((line) => line.map(timed).join('').trim()).join('\n');
}

function escape(plain: string): string {
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
