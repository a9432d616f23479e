/** Reads subtitles as a stranger would, for the check of our own: strict about numbers, times and order. */
export interface ParsedCue {
  readonly startMs: number;
  readonly endMs: number;
  /** Without tags; lines joined by \n. */
  readonly text: string;
}

const TIMES = /^(\d{2,}):([0-5]\d):([0-5]\d)[.,](\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d)[.,](\d{3})$/;

/** Throws an Error that says what is wrong and where. */
export function parseSrt(text: string): ParsedCue[] {
  return blocks(text).map((lines, index) => {
    if (lines[0] !== String(index + 1)) throw new Error(`cue ${index + 1} is numbered "${lines[0] ?? ''}"`);
    return parseCue(lines.slice(1), index, ',');
  });
}

/** Throws an Error that says what is wrong and where. */
export function parseVtt(text: string): ParsedCue[] {
  const [header, ...rest] = blocks(text);
  if (header?.length !== 1 || header[0] !== 'WEBVTT') throw new Error('it does not begin with WEBVTT');
  return rest.map((lines, index) => {
    const cue = parseCue(lines, index, '.');
    return { ...cue, text: unescape(withoutTimes(cue, index)) };
  });
}

function blocks(text: string): string[][] {
  return text.split('\n\n').filter((block) => block !== '').map((block) => block.split('\n'));
}

function parseCue(lines: readonly string[], index: number, point: string): ParsedCue {
  const times = lines[0] ?? '';
  const match = TIMES.exec(times);
  if (match === null || !times.includes(point)) throw new Error(`cue ${index + 1} has no times but "${times}"`);
  const ms = (from: number): number => ((Number(match[from]) * 60 + Number(match[from + 1])) * 60 + Number(match[from + 2])) * 1000 + Number(match[from + 3]);
  const body = lines.slice(1);
  if (body.length === 0 || body.some((line) => line.trim() === '')) throw new Error(`cue ${index + 1} has an empty line`);
  return { startMs: ms(1), endMs: ms(5), text: body.join('\n') };
}

/** Times inside a cue must grow and lie inside it. */
function withoutTimes(cue: ParsedCue, index: number): string {
  let lastMs = cue.startMs;
  return cue.text.replaceAll(/<(\d{2,}):(\d\d):(\d\d)\.(\d{3})>/g, (_, hours: string, minutes: string, seconds: string, fraction: string) => {
    const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction);
    if (ms <= lastMs || ms >= cue.endMs) throw new Error(`cue ${index + 1} has a word time outside its own or out of order`);
    lastMs = ms;
    return '';
  });
}

function unescape(text: string): string {
  if (/[<>]/.test(text)) throw new Error('a cue holds a tag that we never write');
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
