/** The look of a contact sheet: measures, colours, text. Plain values in and out, but for the search of a font. */
import { copyFile, access } from 'node:fs/promises';
import { join } from 'node:path';
import { displayName } from '../../media/display-name.ts';
import type { MediaInfo, VideoStream } from '../../media/media-info.ts';

export interface Sheet {
  readonly columns: number;
  readonly rows: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** File name of a font in the work folder; null: no text. */
  readonly fontName: string | null;
}

const BACKGROUND = '0x14161A';
const TITLE_COLOUR = '0xF2F3F5';
const DETAIL_COLOUR = '0x9AA0AA';
/** Gaps grow with the cells, so that small and large sheets look alike. */
const GAP_SHARE = 1 / 40;
/** Mean width of a letter in proportion to its height, in the fonts below. */
const LETTER_RATIO = 0.56;

/** Plain sans-serif fonts that come with Linux distributions, macOS and Windows. */
const FONTS = [
  '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', '/usr/share/fonts/TTF/DejaVuSans.ttf', '/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf', '/usr/share/fonts/dejavu/DejaVuSans.ttf',
  '/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf', '/usr/share/fonts/liberation-sans/LiberationSans-Regular.ttf', '/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf', '/usr/share/fonts/noto/NotoSans-Regular.ttf',
  '/System/Library/Fonts/Supplemental/Arial.ttf', '/System/Library/Fonts/Helvetica.ttc', '/Library/Fonts/Arial.ttf', 'C:\\Windows\\Fonts\\segoeui.ttf', 'C:\\Windows\\Fonts\\arial.ttf',
] as const;

/** Copies a font beside the parts, where filters can name it without quoting. Null: this machine has none of them. */
export async function provideFont(workDir: string): Promise<string | null> {
  for (const path of FONTS) {
    const isThere = await access(path).then(() => true, () => false);
    if (!isThere) continue;
    await copyFile(path, join(workDir, 'font'));
    return 'font';
  }
  return null;
}

/** The time in a cell's corner, on a shade so that it can be read on any picture. */
export function timeOverlay({ cellHeight, cellWidth, fontName }: Sheet, atSeconds: number): string[] {
  if (fontName === null) return [];
  const size = Math.round(Math.max(9, Math.min(cellHeight / 10, cellWidth / 12)));
  const inset = Math.round(size * 0.6);
  return [`drawtext=fontfile=${fontName}:text='${clock(atSeconds).replaceAll(':', '\\:')}':fontsize=${size}:fontcolor=white:x=w-tw-${inset}:y=h-th-${inset}:box=1:boxcolor=black@0.55:boxborderw=${Math.round(size * 0.35)}`];
}

export const TITLE_FILE = 'title.txt';
export const DETAIL_FILE = 'detail.txt';

/** Cells to sheet, with a header of two lines read from TITLE_FILE and DETAIL_FILE. */
export function sheetFilters(sheet: Sheet): string[] {
  const gap = gapOf(sheet);
  const tile = `tile=${sheet.columns}x${sheet.rows}:padding=${gap}:margin=${gap}:color=${BACKGROUND}`;
  if (sheet.fontName === null) return [tile];
  const size = titleSize(sheet);
  const header = Math.round(size * 3.1);
  const text = (file: string, fontSize: number, colour: string, y: number): string => `drawtext=fontfile=${sheet.fontName}:textfile=${file}:expansion=none:fontsize=${fontSize}:fontcolor=${colour}:x=${gap}:y=${y}`;
  return [
    tile, `pad=iw:ih+${header}:0:${header}:color=${BACKGROUND}`,
    text(TITLE_FILE, size, TITLE_COLOUR, Math.round(size * 0.75)), text(DETAIL_FILE, Math.round(size * 0.66), DETAIL_COLOUR, Math.round(size * 2.1)),
  ];
}

/** The header's two lines, cut to the sheet's width. */
export function headerText(sheet: Sheet, media: MediaInfo, film: VideoStream, filmSeconds: number): { title: string; detail: string } {
  const width = sheetWidth(sheet) - 2 * gapOf(sheet);
  const fit = (text: string, fontSize: number): string => {
    const letters = Math.max(4, Math.floor(width / (fontSize * LETTER_RATIO)));
    const all = [...text];
    return all.length <= letters ? text : `${all.slice(0, letters - 1).join('')}…`;
  };
  const rate = film.frameRate === null ? [] : [`${Number((film.frameRate.numerator / film.frameRate.denominator).toFixed(2))} fps`];
  const facts = [clock(filmSeconds), `${film.width} × ${film.height}`, ...rate, ...(film.codec === null ? [] : [codecLabel(film.codec)]), bytesText(media.sizeBytes)];
  const size = titleSize(sheet);
  return { title: fit(displayName(media.path), size), detail: fit(facts.join('   '), size * 0.66) };
}

/** 83 → 1:23, 3723 → 1:02:03. */
export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function gapOf({ cellWidth }: Sheet): number {
  return Math.max(2, Math.round(cellWidth * GAP_SHARE));
}

function sheetWidth(sheet: Sheet): number {
  return sheet.columns * (sheet.cellWidth + gapOf(sheet)) + gapOf(sheet);
}

function titleSize(sheet: Sheet): number {
  return Math.round(Math.max(11, Math.min(30, sheetWidth(sheet) / 42)));
}

/** h264 → H.264, as people write it. */
function codecLabel(codec: string): string {
  const labels: Readonly<Record<string, string>> = { h264: 'H.264', hevc: 'H.265', mpeg2video: 'MPEG-2', mpeg4: 'MPEG-4' };
  return labels[codec] ?? codec.toUpperCase();
}

function bytesText(bytes: number): string {
  const units: [number, string][] = [[1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']];
  const [factor, unit] = units.find(([size]) => bytes >= size) ?? [1, 'bytes'];
  return `${Number((bytes / factor).toPrecision(3))} ${unit}`;
}
