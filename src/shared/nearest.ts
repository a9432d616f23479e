/** Finds the names that somebody may have meant: for unknown recipes, options, models and commands. */

/** Most names offered in one sentence; more is a list, and help prints that. */
const MAX_OFFERED = 3;
/** Longer names are cut before they are compared: the work is quadratic and nobody mistypes a name of this length. */
const MAX_COMPARED_LENGTH = 64;

/** Known names that are close to the wanted one, nearest first: a slip of a third of its letters, or a part of the name. */
export function nearest(wanted: string, known: readonly string[], limit = MAX_OFFERED): string[] {
  const needle = fold(wanted);
  const allowed = Math.max(1, Math.floor(needle.length / 3));
  return known
    .map((name) => ({ name, distance: closeness(needle, fold(name)) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name, 'en'))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** A sentence to put behind "there is no …": the nearest names, or all of them when none is near. */
export function didYouMean(wanted: string, known: readonly string[]): string {
  const near = nearest(wanted, known);
  if (near.length > 0) return `Did you mean ${joinWithOr(near)}?`;
  return known.length === 0 ? 'There are none.' : `Valid: ${known.join(', ')}.`;
}

/** Edits between two strings: insert, delete, replace, or swap two neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const left = [...a];
  const right = [...b];
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (const [row, letter] of left.entries()) {
    const current = [row + 1];
    for (const [column, other] of right.entries()) {
      const replaced = at(last, column) + (letter === other ? 0 : 1);
      let best = Math.min(replaced, at(last, column + 1) + 1, at(current, column) + 1);
      const isSwapped = row > 0 && column > 0 && letter === right[column - 1] && left[row - 1] === other;
      if (isSwapped) best = Math.min(best, at(beforeLast, column - 1) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, right.length);
}

/** 0.5 for a part of the name, so that it comes behind an exact match and before every slip. */
function closeness(needle: string, name: string): number {
  if (needle === name) return 0;
  const isPart = needle.length >= 2 && (name.includes(needle) || (name.length >= 3 && needle.includes(name)));
  return isPart ? 0.5 : editDistance(needle, name);
}

/** Case and the usual separators make no difference to what was meant. */
function fold(name: string): string {
  return name.slice(0, MAX_COMPARED_LENGTH).toLowerCase().replaceAll(/[-_. ]/g, '');
}

function joinWithOr(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} or ${last}`;
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
