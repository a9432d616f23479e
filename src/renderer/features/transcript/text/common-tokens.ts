/** The longest run of tokens that two texts have in common (longest common subsequence). */
import type { Token } from './tokens.ts';

/** Cells of the table: beyond it (two texts of 2,000 changed tokens) only what is equal at both ends is kept. */
const MOST_CELLS = 4_000_000;

/** For each old token the index of the new one that it lives on in; null: it is gone. */
export function matchTokens(before: readonly Token[], after: readonly Token[]): (number | null)[] {
  const matches: (number | null)[] = before.map(() => null);
  const isSame = (left: number, right: number): boolean => before[left]?.letters === after[right]?.letters;
  let start = 0;
  while (start < Math.min(before.length, after.length) && isSame(start, start)) {
    matches[start] = start;
    start += 1;
  }
  let [oldEnd, newEnd] = [before.length, after.length];
  while (oldEnd > start && newEnd > start && isSame(oldEnd - 1, newEnd - 1)) {
    oldEnd -= 1;
    newEnd -= 1;
    matches[oldEnd] = newEnd;
  }
  for (const [left, right] of middleMatches({ start, oldEnd, newEnd, isSame })) matches[left] = right;
  return matches;
}

interface Middle {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
  readonly isSame: (left: number, right: number) => boolean;
}

function middleMatches({ start, oldEnd, newEnd, isSame }: Middle): [number, number][] {
  const [rows, columns] = [oldEnd - start, newEnd - start];
  if (rows === 0 || columns === 0 || rows * columns > MOST_CELLS) return [];
  const width = columns + 1;
  // best[row * width + column]: tokens in common from there to the end.
  const best = new Uint32Array((rows + 1) * width);
  const at = (row: number, column: number): number => best[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      best[row * width + column] = isSame(start + row, start + column) ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const found: [number, number][] = [];
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    if (isSame(start + row, start + column)) {
      found.push([start + row, start + column]);
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) row += 1;
    else column += 1;
  }
  return found;
}
