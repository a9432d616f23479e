/** A table of text columns that fits the terminal. */
import { clean, cut, fit, pad, widthOf } from './text.ts';

export interface Column {
  readonly title: string;
  readonly side?: 'left' | 'right';
  /** This column gives way when the table is too wide; its cells lose their middle. */
  readonly isFlexible?: boolean;
}

const GAP = '  ';
/** A flexible column stays at least this wide: less says nothing. */
const MIN_FLEXIBLE_WIDTH = 12;

/** Lines of the table, each at most `width` columns wide. Cells are cleaned. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map((_, index) => clean(row[index] ?? '')))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => widthOf(row[index] ?? ''))));
  const excess = sum(widths) + GAP.length * (columns.length - 1) - width;
  shrink(columns, widths, excess);
  return cells.map((row) => {
    const line = columns.map((column, index) => pad(fit(row[index] ?? '', widths[index] ?? 0), widths[index] ?? 0, column.side === 'right' ? 'left' : 'right'));
    return cut(line.join(GAP).trimEnd(), width);
  });
}

/** Takes what is too much from the widest flexible columns first. */
function shrink(columns: readonly Column[], widths: number[], excess: number): void {
  for (let left = excess; left > 0; left -= 1) {
    const widest = Math.max(0, ...widths.filter((_, index) => columns[index]?.isFlexible === true));
    if (widest <= MIN_FLEXIBLE_WIDTH) return;
    const index = widths.findIndex((width, at) => width === widest && columns[at]?.isFlexible === true);
    widths[index] = widest - 1;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
