/** Lines at the bottom of a terminal that are drawn again in place, with lasting text above them. */
import type { Output } from '../host.ts';
import { BEGIN_FRAME, CLEAR_BELOW, CLEAR_TO_LINE_END, END_FRAME, HIDE_CURSOR, SHOW_CURSOR, upBy } from './escapes.ts';
import { cut, widthOf } from './text.ts';

export class LiveRegion {
  readonly #output: Output;
  #shown: readonly string[] = [];
  #isOpen = false;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Shows these lines in place of the last ones; `above` scrolls away above them. */
  draw(lines: readonly string[], above: readonly string[] = []): void {
    const columns = this.#output.columns();
    const room = Math.max(1, this.#output.rows() - 1);
    const next = lines.slice(0, room).map((line) => cut(line, columns - 1));
    if (above.length === 0 && isSame(next, this.#shown)) return;
    const start = this.#isOpen ? '' : HIDE_CURSOR;
    const body = [...above, ...next].map((line) => `${line}${CLEAR_TO_LINE_END}\n`).join('');
    this.#output.write(`${BEGIN_FRAME}${start}${this.#goToTop(columns)}${body}${CLEAR_BELOW}${END_FRAME}`);
    this.#shown = next;
    this.#isOpen = true;
  }

  /** Removes the lines and gives the terminal back as it was. */
  close(): void {
    if (!this.#isOpen) return;
    this.#output.write(`${this.#goToTop(this.#output.columns())}${CLEAR_BELOW}${SHOW_CURSOR}`);
    this.#shown = [];
    this.#isOpen = false;
  }

  /** A terminal that became narrower has wrapped what was shown: it takes more rows now. */
  #goToTop(columns: number): string {
    const rows = this.#shown.reduce((total, line) => total + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    return rows === 0 ? '' : upBy(rows);
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, index) => line === b[index]);
}
