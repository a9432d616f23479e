/** CSV by RFC 4180: for tables and analysis. */
import { formatTime } from '../handlers/transcribe/formats/transcript.ts';
import type { TranscriptDocument } from './document.ts';

/**
 * A row for each segment: start, end (`01:02:03.456`), text. Begins with a byte order mark, by which Excel knows UTF-8. Text that
 * begins like a formula ("- Yes." too) gets an apostrophe in front, so that a spreadsheet shows it and does not compute it (OWASP, CSV
 * injection).
 */
export function writeCsv({ segments }: Pick<TranscriptDocument, 'segments'>): string {
  const rows = segments.map(({ startMs, endMs, text }) => [formatTime(startMs, '.'), formatTime(endMs, '.'), /^[=+\-@\t]/.test(text) ? `'${text}` : text]);
  return `\ufeff${[['start', 'end', 'text'], ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('')}`;
}

function field(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
