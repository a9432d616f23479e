/** Advanced SubStation Alpha: what karaoke and subtitle editors style. Format: libass's ass-format document, Aegisub's manual. */
import { cueText, makeCues, type Cue } from '../handlers/transcribe/formats/cues.ts';
import type { TranscriptDocument } from './document.ts';

/** White with a black outline, low in the middle, sized for a picture of 1920 × 1080 that players scale. */
const STYLE = 'Style: Default,Arial,64,&H00FFFFFF,&H000000FF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,120,120,60,1';
const STYLE_FORMAT = 'Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding';
const EVENT_FORMAT = 'Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text';

/** title: one line. The text begins with a byte order mark: without one, older players take it for the system's code page. */
export function writeAss({ segments }: Pick<TranscriptDocument, 'segments'>, title: string): string {
  const lines = [
    '[Script Info]', `Title: ${title}`, 'ScriptType: v4.00+', 'WrapStyle: 0', 'ScaledBorderAndShadow: yes', 'PlayResX: 1920', 'PlayResY: 1080', 'YCbCr Matrix: None', '',
    '[V4+ Styles]', STYLE_FORMAT, STYLE, '',
    '[Events]', EVENT_FORMAT, ...makeCues(segments).map(dialogue), '',
  ];
  return `\ufeff${lines.join('\n')}`;
}

function dialogue(cue: Cue): string {
  // The format counts hundredths; a cue that rounds to nothing would never be seen.
  const start = Math.floor(cue.startMs / 10);
  const end = Math.max(start + 1, Math.round(cue.endMs / 10));
  return `Dialogue: 0,${formatHundredths(start)},${formatHundredths(end)},Default,,0,0,0,,${escape(cueText(cue)).replaceAll('\n', '\\N')}`;
}

/** `1:02:03.45`. */
function formatHundredths(hundredths: number): string {
  const part = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${Math.floor(hundredths / 360_000)}:${part((hundredths / 6000) % 60)}:${part((hundredths / 100) % 60)}.${part(hundredths % 100)}`;
}

/**
 * The format has no escapes of its own. As FFmpeg writes it (libavcodec/ass.c): `\{` is a brace to libass, and the empty block behind it
 * keeps other players from hiding what follows; a word joiner parts a backslash from the letter that would make it a command.
 */
function escape(plain: string): string {
  return plain.replaceAll('\\', '\\\u2060').replaceAll('{', '\\{{}');
}
