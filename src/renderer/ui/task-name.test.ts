import i18next from 'i18next';
import { beforeAll, expect, it } from 'vitest';
import { resourcesOf } from '../i18n/index.ts';
import { taskName, upkeepNote } from './task-name.ts';

beforeAll(async () => {
  const texts = import.meta.glob<Readonly<Record<string, unknown>>>('../i18n/*/*.json', { eager: true, import: 'default' });
  await i18next.init({ lng: 'en', resources: resourcesOf(Object.fromEntries(Object.entries(texts).map(([path, text]) => [path.replace('../i18n', '.'), text]))) });
});

it('a task is called by its file; upkeep by what it does, in the window\'s language; a user\'s schedule by its name', () => {
  expect(taskName({ type: 'transcribe', recipe: 'transcript', input: '/films/a.mp4' })).toBe('a.mp4');
  expect(taskName({ type: 'maintenance', recipe: 'clean-up', input: '' })).toBe('Nightly clean-up');
  expect(taskName({ type: 'maintenance', recipe: 'My films', input: '' })).toBe('My films');
});

it('upkeep says what it did when it is over', () => {
  expect(upkeepNote({ type: 'maintenance', status: 'completed', message: 'removed 1,203 tasks, 12 MB' })).toBe('1,203 finished tasks cleaned up, 12 MB');
  expect(upkeepNote({ type: 'maintenance', status: 'running', message: 'starting' })).toBe('');
  expect(upkeepNote({ type: 'transcribe', status: 'completed', message: 'done' })).toBeNull();
});
