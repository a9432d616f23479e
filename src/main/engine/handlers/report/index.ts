/** A report of what became of the tasks that this one waited for: a table or everything. It reads no file, only what the store gave it. */
import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import type { DependencyResult } from '../../../../shared/dependency-result.ts';
import { TaskError } from '../../../../shared/errors.ts';
import { reportOptions, type ReportOptions } from '../../../../shared/options.ts';
import type { Handler } from '../handler.ts';
import { outputName } from '../output-name.ts';
import { readCsvRows, writeReportCsv } from './csv.ts';
import { readReportJson, writeReportJson } from './json.ts';

const none = z.null();

/** What the file is called when nobody named a group. */
const USUAL_NAME = 'report';

export const handler: Handler<ReportOptions, null, null> = {
  type: 'report',
  options: reportOptions,
  plan: none,
  part: none,
  async perform({ dependencies, groupName, draft, progress, task: { options, suffix } }) {
    progress({ current: 0, total: dependencies.length, message: 'writing' });
    const made = draft(outputName(`${fileNameOf(groupName)}.`, suffix, options.format));
    await writeFile(made.tempPath, options.format === 'csv' ? writeReportCsv(dependencies) : writeReportJson(groupName, dependencies));
    progress({ current: dependencies.length, total: dependencies.length, message: 'writing' });
    return [made];
  },
  async check(drafts, { dependencies, task: { options } }) {
    for (const { tempPath, fileName } of drafts) {
      const text = await readFile(tempPath, 'utf8');
      const ids = options.format === 'csv' ? idsOfCsv(text) : readReportJson(text);
      if (isSame(ids, dependencies)) continue;
      throw new TaskError('OUTPUT_CHECK_FAILED', `The check of ${fileName} failed: it does not tell of every task. The task tries again.`, { retryable: true });
    }
  },
};

/** A group's name as a file system takes it: no separators, no characters that Windows refuses, not hidden, no name of a device. */
function fileNameOf(groupName: string | null): string {
  const plain = (groupName ?? '').replace(/[\u0000-\u001f\u007f<>:"/\\|?*]+/g, ' ').replace(/\s+/g, ' ').replace(/^[ .]+|[ .]+$/g, '');
  return plain === '' ? USUAL_NAME : /^(con|prn|aux|nul|com\d|lpt\d)$/i.test(plain) ? `${plain} ${USUAL_NAME}` : plain;
}

function idsOfCsv(text: string): number[] {
  return readCsvRows(text).slice(1).map(([id]) => Number(id));
}

function isSame(ids: readonly number[] | null, dependencies: readonly DependencyResult[]): boolean {
  return ids !== null && ids.length === dependencies.length && dependencies.every(({ id }, index) => ids[index] === id);
}
