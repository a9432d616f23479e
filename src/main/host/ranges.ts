/** The part of a file that a player asks for: HTTP's Range header (RFC 9110, section 14). */

/** First and last byte, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A whole number that a double holds exactly. */
const DIGITS = /^\d{1,15}$/;

/**
 * whole: no range, or one that may be ignored (another unit, several ranges, not well formed). unsatisfiable: nothing of it lies in the
 * file, which is answered with 416. An end beyond the file is cut off at its last byte.
 */
export function parseRange(header: string | null | undefined, sizeBytes: number): ByteRange | 'whole' | 'unsatisfiable' {
  const found = /^ *bytes *= *(\d*) *- *(\d*) *$/i.exec(header ?? '');
  const [, first = '', last = ''] = found ?? [];
  if (first === '' && last === '') return 'whole';
  if ((first !== '' && !DIGITS.test(first)) || (last !== '' && !DIGITS.test(last))) return 'unsatisfiable';
  if (first === '') return lastBytes(Number(last), sizeBytes);
  const [start, end] = [Number(first), last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1)];
  if (last !== '' && Number(last) < start) return 'whole';
  return start < sizeBytes ? { start, end } : 'unsatisfiable';
}

function lastBytes(count: number, sizeBytes: number): ByteRange | 'unsatisfiable' {
  if (count === 0 || sizeBytes === 0) return 'unsatisfiable';
  return { start: Math.max(0, sizeBytes - count), end: sizeBytes - 1 };
}
