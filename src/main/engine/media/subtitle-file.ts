/** Reads a user's subtitle file ourselves, so that FFmpeg is only ever given a copy in UTF-8 under a name of ours. */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from './display-name.ts';
import { inputSize } from './input-file.ts';

export type SubtitleKind = 'srt' | 'vtt' | 'ass';

export interface SubtitleText {
  readonly kind: SubtitleKind;
  readonly text: string;
}

/** A film's dialogue is some 100 kB; typeset ASS reaches a few MB. Beyond this it is no subtitle file. */
const LARGEST_BYTES = 30_000_000;
const KINDS: Readonly<Record<string, SubtitleKind>> = { '.srt': 'srt', '.vtt': 'vtt', '.ass': 'ass', '.ssa': 'ass' };

/** FFmpeg's demuxers of the same. */
export const SUBTITLE_DEMUXERS: Readonly<Record<SubtitleKind, string>> = { srt: 'srt', vtt: 'webvtt', ass: 'ass' };

/** Whether a name is that of a subtitle file we read. */
export function isSubtitleName(path: string): boolean {
  return KINDS[extname(path).toLowerCase()] !== undefined;
}

/** Throws one of the INPUT_ errors for what is missing, too large or no subtitles. */
export async function readSubtitleFile(path: string): Promise<SubtitleText> {
  const name = displayName(path);
  const sizeBytes = await inputSize(path);
  const named = KINDS[extname(path).toLowerCase()];
  if (named === undefined || sizeBytes > LARGEST_BYTES) throw notSubtitles(name);
  const text = (await decode(await readFile(path))).replace(/^\uFEFF/, '').replaceAll('\0', '');
  const kind = kindOf(text);
  if (kind === null) throw notSubtitles(name);
  return { kind, text };
}

/** By what it holds: files called .srt hold the other kinds often enough. */
function kindOf(text: string): SubtitleKind | null {
  if (/^WEBVTT(\s|$)/.test(text)) return 'vtt';
  if (/^\s*\[Script Info\]/i.test(text)) return 'ass';
  return /^\s*\d{1,2}:\d{2}:\d{2}[,.]\d{1,3}\s*-->\s*\d{1,2}:\d{2}:\d{2}/m.test(text) ? 'srt' : null;
}

/** UTF-8 or UTF-16 as marked, else UTF-8 where it is valid, else what the bytes look like. */
async function decode(bytes: Buffer): Promise<string> {
  const marked = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(marked, { fatal: marked === 'utf-8' }).decode(bytes);
  } catch {
    const [{ detect }, iconv] = await Promise.all([import('chardet'), import('iconv-lite')]);
    const found = detect(bytes) ?? 'windows-1252';
    const decoder = 'default' in iconv ? iconv.default : iconv;
    return decoder.decode(bytes, decoder.encodingExists(found) ? found : 'windows-1252');
  }
}

function notSubtitles(name: string): TaskError {
  return new TaskError('INPUT_NOT_MEDIA', `${name} is no subtitle file in SRT, VTT or ASS. Choose another file, or save it in one of these formats.`);
}
