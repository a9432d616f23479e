import { expect, test } from 'vitest';
import { ERROR_CODES } from '../../../shared/errors.ts';
import { TASK_STATUSES } from '../../../shared/task.ts';
import en from '../../i18n/en/task.json' with { type: 'json' };
import { CURES, CURES_OF, curesFor } from './cures.ts';

const HERE = { canReveal: true, hasDependency: true };

test('every error code has its entry, and every cure a label', () => {
  expect(Object.keys(CURES_OF).toSorted()).toEqual([...ERROR_CODES].toSorted());
  expect(Object.keys(en.cure).toSorted()).toEqual([...CURES].toSorted());
});

test('a task that failed can always be helped, but for what a task never fails with', () => {
  const helpless = ERROR_CODES.filter((code) => curesFor(code, { status: 'failed', canReveal: false, hasDependency: false }).length === 0);
  expect(helpless).toEqual(['GROUP_UNKNOWN', 'NOT_HERE', 'NOT_ALLOWED']);
});

test('only a settled task is retried or replaced', () => {
  for (const status of TASK_STATUSES) {
    const offered = new Set(ERROR_CODES.flatMap((code) => curesFor(code, { status, ...HERE })));
    const isSettled = status === 'failed' || status === 'cancelled';
    expect(['retry', 'chooseFile', 'chooseFolder', 'chooseRecipe'].every((cure) => CURES.some((known) => known === cure && offered.has(known) === isSettled))).toBe(true);
  }
});

test('the likeliest cure comes first', () => {
  const first = (code: (typeof ERROR_CODES)[number]): string | undefined => curesFor(code, { status: 'failed', ...HERE })[0];
  expect([first('MODEL_MISSING'), first('OUTPUT_NOT_WRITABLE'), first('INPUT_MISSING'), first('DISK_FULL'), first('INPUT_NO_STREAM')]).toEqual(['models', 'chooseFolder', 'chooseFile', 'reveal', 'chooseRecipe']);
});

test('a browser is not offered a file manager', () => {
  expect(curesFor('DISK_FULL', { status: 'failed', canReveal: false, hasDependency: false })).toEqual(['retry', 'chooseFolder']);
});
