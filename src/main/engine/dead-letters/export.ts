/** Dead letters as a file: for a report to somebody, a spreadsheet, another program. */
import type { DeadLetter } from '../../../shared/dead-letter-contract.ts';
import { csvRow } from '../csv.ts';

/** A JSON object a line (jsonlines.org), times as epoch milliseconds. */
export function writeJsonLines(letters: readonly DeadLetter[]): string {
  return letters.map((letter) => `${JSON.stringify(letter)}\n`).join('');
}

const COLUMNS = ['id', 'type', 'recipe', 'queue', 'group', 'owner', 'project', 'input', 'code', 'message', 'details', 'attempts', 'failures', 'created', 'failed', 'age_seconds'];

/** A row for each, times as ISO 8601 in UTC. Begins with a byte order mark, by which Excel knows UTF-8. */
export function writeTable(letters: readonly DeadLetter[]): string {
  return `\ufeff${csvRow(COLUMNS)}${letters.map((letter) => csvRow(cells(letter))).join('')}`;
}

function cells({ id, type, recipe, queue, groupId, owner, project, input, error, attempts, failures, createdAt, failedAt, ageMs }: DeadLetter): string[] {
  return [
    String(id), type, recipe, queue, groupId === null ? '' : String(groupId), owner ?? '', project ?? '', input, error?.code ?? '', error?.message ?? '', error?.details ?? '',
    String(attempts), String(failures), new Date(createdAt).toISOString(), new Date(failedAt).toISOString(), String(Math.floor(ageMs / 1000)),
  ];
}
