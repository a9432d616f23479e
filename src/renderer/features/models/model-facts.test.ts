import { expect, test } from 'vitest';
import { downloadState, familyOf } from './model-facts.ts';

test.each([['tiny.en', 'tiny'], ['tiny.en-q8_0', 'tiny'], ['large-v3', 'large'], ['large-v3-turbo-q5_0', 'turbo'], ['medium', 'medium'], ['tinyllama', null], ['my-base', null]])('%s is of the family %s', (name, family) => {
  expect(familyOf(name)).toBe(family);
});

test('a download that was cut off can be taken up again', () => {
  const entry = { isPresent: false, isDownloading: false, downloadedBytes: null };
  expect(downloadState(entry)).toBe('absent');
  expect(downloadState({ ...entry, downloadedBytes: 0 })).toBe('absent');
  expect(downloadState({ ...entry, downloadedBytes: 5 })).toBe('partial');
  expect(downloadState({ ...entry, downloadedBytes: 5, isDownloading: true })).toBe('downloading');
  expect(downloadState({ isPresent: true, isDownloading: false, downloadedBytes: 5 })).toBe('present');
});
