import { readFile, writeFile } from 'node:fs/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { DependencyResult } from '../../../../shared/dependency-result.ts';
import { createTestTask } from '../test-context.ts';
import { readCsvRows } from './csv.ts';
import { handler } from './index.ts';

const made = (name: string) => ({ path: `/out/${name}`, sizeBytes: 12, sha256: 'a'.repeat(64) });
const DONE: DependencyResult = { id: 3, type: 'video_preview', recipe: 'preview', status: 'completed', inputs: ['/in/=cmd|"x", y.mov'], outputs: [made('one.mp4'), made('two.mp4')], durationMs: 1500, error: null };
const FAILED: DependencyResult = {
  id: 7, type: 'transcribe', recipe: 'transcript', status: 'failed', inputs: ['/in/b\nc.wav'], outputs: [], durationMs: 0,
  error: { code: 'INPUT_DAMAGED', message: '-b "c" is damaged.\nCopy it again.', retryable: false },
};

function reportOn(dependencies: readonly DependencyResult[], format: 'csv' | 'json', groupName?: string) {
  const task = createTestTask(handler, { inputs: [], options: { format }, dependencies, ...(groupName === undefined ? {} : { groupName }) });
  onTestFinished(() => { task.dispose(); });
  return task;
}

it('a table has a row for every task, with its outputs, size, hash, time and error, whatever their texts are', async () => {
  const [draft] = await reportOn([DONE, FAILED], 'csv', 'Trip 2026').run();
  expect(draft?.fileName).toBe('Trip 2026.csv');
  expect(readCsvRows(await readFile(String(draft?.tempPath), 'utf8'))).toEqual([
    ['task', 'file', 'recipe', 'status', 'outputs', 'bytes', 'sha256', 'seconds', 'error'],
    ['3', '/in/=cmd|"x", y.mov', 'preview', 'completed', '/out/one.mp4\n/out/two.mp4', '12\n12', `${'a'.repeat(64)}\n${'a'.repeat(64)}`, '1.5', ''],
    ['7', '/in/b\nc.wav', 'transcript', 'failed', '', '', '', '0', 'INPUT_DAMAGED: -b "c" is damaged.\nCopy it again.'],
  ]);
});

it('a cell that begins like a formula is not one for a spreadsheet', async () => {
  const [draft] = await reportOn([{ ...DONE, recipe: '=1+1' }], 'csv').run();
  expect(readCsvRows(await readFile(String(draft?.tempPath), 'utf8'))[1]?.[2]).toBe("'=1+1");
});

it('JSON has all that the store gave', async () => {
  const [draft] = await reportOn([DONE, FAILED], 'json', 'Trip').run();
  expect(draft?.fileName).toBe('Trip.json');
  expect(JSON.parse(await readFile(String(draft?.tempPath), 'utf8'))).toEqual({ group: 'Trip', tasks: [DONE, FAILED] });
});

it.each([
  [undefined, 'report.csv'], ['  ', 'report.csv'], ['../../etc/passwd', 'etc passwd.csv'], ['a.b v1.2', 'a.b v1.2.csv'], ['.hidden.', 'hidden.csv'], ['CON', 'CON report.csv'], ['x\u0000:y*?', 'x y.csv'],
])('a group called %j gives its report a name that every file system takes', async (groupName, fileName) => {
  const [draft] = await reportOn([DONE], 'csv', groupName).run();
  expect(draft?.fileName).toBe(fileName);
});

it('a report that does not tell of every task does not pass its check', async () => {
  for (const format of ['csv', 'json'] as const) {
    const task = reportOn([DONE, FAILED], format);
    const context = task.nextAttempt();
    const drafts = await handler.perform(context);
    const path = String(drafts[0]?.tempPath);
    const text = await readFile(path, 'utf8');
    await writeFile(path, format === 'csv' ? text.slice(0, text.lastIndexOf('\r\n7,') + 2) : text.replace('"id": 7', '"id": 8'));
    await expect(handler.check(drafts, context)).rejects.toMatchObject({ code: 'OUTPUT_CHECK_FAILED', retryable: true });
  }
});
