/** Reads a file of an export, twice: the first time to know that it is whole, the second time to take it in, a portion a commit. */
import { open } from 'node:fs/promises';
import { TaskError } from '../../../shared/errors.ts';
import { exportedRow, exportEnd, exportHead, EXPORT_VERSION, type ExportedRow, type ExportHead } from './export-format.ts';
import { parseJson } from './row.ts';

/** One commit each: a few milliseconds, so that running work is not held up. */
const PORTION_ROWS = 200;

/** Throws INPUT_DAMAGED, and nothing was taken in then; what take throws ends it between two portions. */
export async function readExport(file: string, take: (head: ExportHead, rows: readonly ExportedRow[], firstLine: number) => Promise<void>): Promise<ExportHead> {
  let head: ExportHead | undefined;
  let rows = 0;
  let told: number | undefined;
  for await (const { line, number } of linesOf(file)) {
    if (told !== undefined) throw damaged(file, `goes on behind its end in line ${String(number)}`);
    if (head === undefined) head = readHead(file, line);
    else if ((told = exportEnd.safeParse(parseJson(line)).data?.end.rows) === undefined) {
      readRow(file, line, number);
      rows += 1;
    }
  }
  if (head === undefined || told !== rows) throw damaged(file, 'was cut short');
  await takeAll(file, head, take);
  return head;
}

async function takeAll(file: string, head: ExportHead, take: Parameters<typeof readExport>[1]): Promise<void> {
  let portion: ExportedRow[] = [];
  let first = 2;
  const flush = async (next: number): Promise<void> => {
    if (portion.length > 0) await take(head, portion, first);
    portion = [];
    first = next;
  };
  for await (const { line, number } of linesOf(file)) {
    if (number === 1 || exportEnd.safeParse(parseJson(line)).success) continue;
    portion.push(readRow(file, line, number));
    if (portion.length === PORTION_ROWS) await flush(number + 1);
  }
  await flush(0);
}

function readHead(file: string, line: string): ExportHead {
  const head = exportHead.safeParse(parseJson(line)).data;
  if (head === undefined) throw new TaskError('INPUT_UNREADABLE', `${file} is no exported queue of Longhaul. Choose a file that \`longhaul export\` wrote.`);
  if (head.longhaulQueue > EXPORT_VERSION) throw new TaskError('INPUT_UNREADABLE', `${file} was written by a newer Longhaul. Update this one first.`);
  return head;
}

function readRow(file: string, line: string, number: number): ExportedRow {
  const row = exportedRow.safeParse(parseJson(line)).data;
  if (row === undefined) throw damaged(file, `can't be read in line ${String(number)}`);
  return row;
}

function damaged(file: string, what: string): TaskError {
  return new TaskError('INPUT_DAMAGED', `The exported queue ${file} ${what}, so nothing was taken in. Copy it again, or export it again.`);
}

async function* linesOf(file: string): AsyncGenerator<{ line: string; number: number }> {
  let number = 0;
  try {
    const handle = await open(file, 'r');
    for await (const line of handle.readLines({ encoding: 'utf8' })) {
      number += 1;
      yield { line, number };
    }
  } catch (cause) {
    // Only the reading throws here: what the reader of a line throws ends this generator without an error.
    throw new TaskError('INPUT_MISSING', `${file} can't be read. Check its name and its permissions.`, { cause, details: String(cause) });
  }
}
