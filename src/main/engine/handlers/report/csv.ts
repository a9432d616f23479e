/** The report as CSV by RFC 4180: a line per task, for spreadsheets. */
import type { DependencyResult } from '../../../../shared/dependency-result.ts';

const TITLES = ['task', 'file', 'recipe', 'status', 'outputs', 'bytes', 'sha256', 'seconds', 'error'] as const;

/**
 * Several outputs of one task stand in one cell, a line each, in the same order in all three columns. Begins with a byte order mark, by
 * which Excel knows UTF-8. What begins like a formula (a file may be called anything) gets an apostrophe in front (OWASP, CSV injection).
 */
export function writeReportCsv(dependencies: readonly DependencyResult[]): string {
  const rows = dependencies.map(({ id, inputs, recipe, status, outputs, durationMs, error }) => [
    String(id), inputs.join('\n'), recipe, status, ...(['path', 'sizeBytes', 'sha256'] as const).map((field) => outputs.map((output) => String(output[field])).join('\n')),
    String(durationMs / 1000), error === null ? '' : `${error.code}: ${error.message}`,
  ]);
  return `\ufeff${[TITLES, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

/** The rows of such a file, titles included. */
export function readCsvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.replace(/^\ufeff/, '').matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
