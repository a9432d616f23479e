import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { resourcesOf } from '../i18n/index.ts';
import { describeError, describePhase, speedOf } from './messages.ts';
import { formatBytes, formatDuration, formatTimecode } from './format.ts';
import { fileName, folderOf, splitName } from './paths.ts';

beforeAll(async () => {
  const texts = import.meta.glob<Readonly<Record<string, unknown>>>('../i18n/*/*.json', { eager: true, import: 'default' });
  await i18next.init({ lng: 'zh-CN', resources: resourcesOf(Object.fromEntries(Object.entries(texts).map(([path, text]) => [path.replace('../i18n', '.'), text]))) });
});

/** Every message that handlers and scheduler write, as their sources have it: `${…}` stands for a number. */
const sources = import.meta.glob<string>(['../../main/engine/handlers/**/*.ts', '../../main/engine/workers/*.ts', '../../main/engine/scheduler/running-attempt.ts', '!**/*.test.ts', '!**/test-*.ts'], { eager: true, query: '?raw', import: 'default' });

function messagesOf(source: string): string[] {
  const written = [...source.matchAll(/(?:message: |say\([^)]*?, |port\.progress\(\d, \d, )(?:[^'`\n]*\? )?(['`])((?:(?!\1).)+)\1(?: : (['`])((?:(?!\3).)+)\3)?/g)];
  return written.flatMap(([, , first, , second]) => [first, second]).filter((text) => text !== undefined).map((text) => text.replace('${speed}', ', 3.1x').replace(/\$\{[^}]*toFixed[^}]*\}/g, '3.1').replace(/\$\{[^}]*\}/g, '7'));
}

describe('what the engine says', () => {
  it('every progress message in the engine is translated', () => {
    const messages = Object.values(sources).flatMap(messagesOf).filter((text) => /^[a-z]/.test(text));
    expect(messages).toEqual(expect.arrayContaining(['starting', 'joining', 'encoding, 3.1x', 'frame 7 of 7']));
    expect(messages.filter((text) => describePhase(text) === text)).toEqual([]);
  });

  it('a message nobody knows is shown as it is', () => {
    expect(describePhase('counting sheep')).toBe('counting sheep');
  });

  it('tells the speed when the message does', () => {
    expect([speedOf('encoding, 3.1x'), speedOf('transcribing, 12.0x'), speedOf('joining')]).toEqual([3.1, 12, null]);
  });

  it('an error is told in the window\'s language with the file\'s name, and in the engine\'s words as details', () => {
    const shown = describeError({ code: 'INPUT_EMPTY', message: 'a.mp4 is empty.', details: '0 bytes' }, 'a.mp4');
    expect(shown.text).toContain('“a.mp4”');
    expect(shown.text).toContain('空文件');
    expect(shown.details).toBe('a.mp4 is empty.\n0 bytes');
  });

  it('an error of a code that this window does not know is told in the engine\'s words', () => {
    expect(describeError({ code: 'FROM_TOMORROW', message: 'It rained.' }).text).toBe('It rained.');
  });
});

describe('numbers and paths', () => {
  it('durations have their two largest units', async () => {
    await i18next.changeLanguage('en');
    expect([0, 59.6, 61, 3600, 7_500, 90_000].map(formatDuration)).toEqual(['0 sec', '1 min', '1 min 1 sec', '1 hr', '2 hr 5 min', '1 day 1 hr']);
  });

  it('sizes and time codes', () => {
    expect([0, 999, 1_000, 1_234_567, 2.5e12].map(formatBytes)).toEqual(['0 bytes', '999 bytes', '1 kB', '1.2 MB', '2.5 TB']);
    expect([7.9, 61, 3_723].map(formatTimecode)).toEqual(['0:07', '1:01', '1:02:03']);
  });

  it('names and folders of every system', () => {
    expect(['/a/b.mp4', 'C:\\x\\y.wav', '/folder/'].map(fileName)).toEqual(['b.mp4', 'y.wav', 'folder']);
    expect(['/a/c/b.mp4', 'C:\\x\\y.wav', '/b.mp4', 'b.mp4'].map(folderOf)).toEqual(['/a/c', 'C:\\x', '/', '']);
    expect(splitName('short.mp4')).toEqual(['short.mp4', '']);
    expect(splitName('a very long name of an interview, part 12.mp4')).toEqual(['a very long name of an interview,', ' part 12.mp4']);
  });
});
