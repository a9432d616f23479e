/** Lays words out on pages and draws them as SVG: what a document looks like whose own looks can't be had. Plain values in and out. */
import type { TextBlock } from './text-blocks.ts';

/** A4 in points, as PDFs have it. */
export const TEXT_PAGE = { widthPoints: 595, heightPoints: 842 } as const;

export interface PageLine {
  readonly text: string;
  readonly style: 'heading' | 'text' | 'code';
  /** Baseline from the top, in points. */
  readonly y: number;
}
export type TextPage = readonly PageLine[];

const MARGIN = 56;
const STYLES = {
  heading: { size: 15, leading: 20, gapBefore: 12, gapAfter: 4, family: "'Noto Sans','DejaVu Sans','Segoe UI','Helvetica Neue',Arial,sans-serif", weight: 'bold' },
  text: { size: 10.5, leading: 15, gapBefore: 0, gapAfter: 6, family: "'Noto Sans','DejaVu Sans','Segoe UI','Helvetica Neue',Arial,sans-serif", weight: 'normal' },
  code: { size: 9, leading: 12, gapBefore: 0, gapAfter: 6, family: "'Noto Sans Mono','DejaVu Sans Mono',Consolas,Menlo,monospace", weight: 'normal' },
} as const;
/** Of a line of code, which is nowhere broken by itself. */
const TAB = 4;
/** Tables are set in columns of so many letters. */
const TABLE_TAB = 12;
/** One paragraph without a space or an end would be one line after the other for ever. */
const LINES_OF_A_BLOCK = 20_000;

/** Widths in parts of the size, as wide as the widest of the fonts above has them, so that no line runs over its edge. */
const NARROW = /^[ijlI.,:;'|!()[\]{}`f\-/\\rt ]$/;
const WIDE = /^[mwMW@%—…]$/;
/** Letters of Chinese, Japanese and Korean, full-width forms and emoji. */
const FULL = /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u;

/** At least one page, which is empty where there are no words. */
export function layOut(blocks: readonly TextBlock[]): TextPage[] {
  const pages: PageLine[][] = [[]];
  const floor = TEXT_PAGE.heightPoints - MARGIN;
  let y: number = MARGIN;
  const turn = (): void => {
    pages.push([]);
    y = MARGIN;
  };
  for (const { style, text } of blocks) {
    if (style === 'break') {
      if (pages.at(-1)?.length !== 0) turn();
      continue;
    }
    const { leading, gapBefore, gapAfter, size } = STYLES[style];
    if (pages.at(-1)?.length !== 0) y += gapBefore;
    // A heading alone at the foot of a page belongs to the next one.
    if (style === 'heading' && y + 4 * leading > floor) turn();
    for (const line of wrap(text, style, (TEXT_PAGE.widthPoints - 2 * MARGIN) / size)) {
      if (y + leading > floor) turn();
      y += leading;
      if (line.trim() !== '') pages.at(-1)?.push({ text: line, style, y: y - leading * 0.25 });
    }
    y += gapAfter;
  }
  if (pages.length > 1 && pages.at(-1)?.length === 0) pages.pop();
  return pages;
}

/** Of so many pixels. Everything that was written is escaped; nothing in it leads anywhere. */
export function pageSvg(page: TextPage, width: number, height: number): string {
  const { widthPoints, heightPoints } = TEXT_PAGE;
  const lines = page.map(({ text, style, y }) => {
    const { size, family, weight } = STYLES[style];
    return `<text x="${String(MARGIN)}" y="${y.toFixed(1)}" font-family="${family}" font-size="${String(size)}" font-weight="${weight}" fill="#1b1d21" xml:space="preserve">${escapeXml(text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(widthPoints)} ${String(heightPoints)}"><rect width="100%" height="100%" fill="#ffffff"/>${lines.join('')}</svg>`;
}

/** For text between tags and in quotes. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** Lines of at most `room` times the size. */
function wrap(text: string, style: PageLine['style'], room: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    if (lines.length >= LINES_OF_A_BLOCK) break;
    const spaced = expandTabs(paragraph, style === 'code' ? TAB : TABLE_TAB);
    lines.push(...wrapLine(spaced, room, style === 'code' ? codeWidth : style === 'heading' ? headingWidth : letterWidth));
  }
  return lines;
}

/** At spaces where there are some, else anywhere. */
function wrapLine(text: string, room: number, widthOf: (letter: string) => number): string[] {
  const lines: string[] = [];
  let [line, width] = ['', 0];
  let [breakAt, widthAtBreak] = [0, 0];
  for (const letter of text) {
    const next = widthOf(letter);
    if (width + next > room && line !== '') {
      const at = breakAt > 0 ? breakAt : line.length;
      lines.push(line.slice(0, at).trimEnd());
      if (lines.length >= LINES_OF_A_BLOCK) return lines;
      [line, width] = [line.slice(at), breakAt > 0 ? width - widthAtBreak : 0];
      [breakAt, widthAtBreak] = [0, 0];
    }
    line += letter;
    width += next;
    if (letter === ' ' || FULL.test(letter)) [breakAt, widthAtBreak] = [line.length, width];
  }
  return [...lines, line];
}

function letterWidth(letter: string): number {
  if (NARROW.test(letter)) return 0.39;
  if (WIDE.test(letter)) return 0.98;
  if (FULL.test(letter)) return 1;
  return /^[A-Z]$/.test(letter) ? 0.72 : 0.63;
}

function headingWidth(letter: string): number {
  return letterWidth(letter) * 1.1;
}

function codeWidth(letter: string): number {
  return FULL.test(letter) ? 1.2 : 0.603;
}

function expandTabs(line: string, every: number): string {
  if (!line.includes('\t')) return line;
  const [first = '', ...rest] = line.split('\t');
  let expanded = first;
  for (const cell of rest) expanded += ' '.repeat(every - (expanded.length % every)) + cell;
  return expanded;
}
