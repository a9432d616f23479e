import { expect, test } from 'vitest';
import { commandsOf, parseLogLine } from './log-lines.ts';

test('a line is cut into its time and its text', () => {
  expect(parseLogLine('2026-01-02T03:04:05.678Z $ ffmpeg -i "a b.mov"')).toEqual({ at: '2026-01-02T03:04:05.678Z', text: '$ ffmpeg -i "a b.mov"' });
  expect(parseLogLine('2026-01-02T03:04:05.678Z ')).toEqual({ at: '2026-01-02T03:04:05.678Z', text: '' });
  expect(parseLogLine('no time')).toEqual({ at: '', text: 'no time' });
});

test('commands are listed once each, in the order of their first start', () => {
  const lines = ['x', '$ b', '$ a', '$ b', '$'].map((text) => ({ at: '', text }));
  expect(commandsOf(lines)).toEqual(['b', 'a']);
});
