/** CSV: for tables and analysis. */
import { csvRow } from '../csv.ts';
import { formatTime } from '../handlers/transcribe/formats/transcript.ts';
import type { TranscriptDocument } from './document.ts';

/** A row for each segment: start, end (`01:02:03.456`), text. Begins with a byte order mark, by which Excel knows UTF-8. */
export function writeCsv({ segments }: Pick<TranscriptDocument, 'segments'>): string {
  const rows = segments.map(({ startMs, endMs, text }) => [formatTime(startMs, '.'), formatTime(endMs, '.'), text]);
  return `\ufeff${[['start', 'end', 'text'], ...rows].map(csvRow).join('')}`;
}
