/** Rows of CSV by RFC 4180. */

/** One row with its end. What begins like a formula gets an apostrophe in front, so that a spreadsheet shows it and does not compute it (OWASP, CSV injection). */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map((cell) => field(/^[=+\-@\t]/.test(cell) ? `'${cell}` : cell)).join(',')}\r\n`;
}

function field(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
