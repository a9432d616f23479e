import { describe, expect, it } from 'vitest';
import type { InspectedFile } from '../../../shared/contract.ts';
import { estimateKey, kindsOf, mergeFiles, pathsInText, recipesFor, tasksOf, totalEstimate, unfinished, type Choices } from './intake-plan.ts';

const file = (path: string, part: Partial<InspectedFile> = {}): InspectedFile => ({ path, sizeBytes: 1, kind: 'video', recipes: ['mp4-h264', 'transcript', 'mp3'], problem: null, ...part });
const broken = file('/x.bin', { kind: 'other', recipes: [], problem: { code: 'INPUT_NOT_MEDIA', message: 'no', retryable: false } });
const choices = (part: Partial<Choices> = {}): Choices => ({ byKind: {}, byPath: new Map(), ...part });

describe('an intake', () => {
  it('suggests the first recipe, obeys the choice for the kind, and that for the file above all', () => {
    expect(recipesFor(file('/a'), choices())).toEqual(['mp4-h264']);
    expect(recipesFor(file('/a'), choices({ byKind: { video: ['transcript', 'mp3'] } }))).toEqual(['transcript', 'mp3']);
    expect(recipesFor(file('/a'), choices({ byKind: { video: ['transcript'] }, byPath: new Map([['/a', ['mp3']]]) }))).toEqual(['mp3']);
  });

  it('falls back to the suggestion where the choice of the kind does not fit', () => {
    expect(recipesFor(file('/a', { recipes: ['mp3'] }), choices({ byKind: { video: ['transcript'] } }))).toEqual(['mp3']);
  });

  it('makes a task of each file and recipe, and none of a file with a problem', () => {
    expect(tasksOf([file('/a'), broken, file('/b')], choices({ byPath: new Map([['/b', ['mp3', 'transcript']]]) }), '/out')).toEqual([
      { input: '/a', recipe: 'mp4-h264', outputDir: '/out' }, { input: '/b', recipe: 'mp3', outputDir: '/out' }, { input: '/b', recipe: 'transcript', outputDir: '/out' },
    ]);
  });

  it('a file that is dropped twice counts once, as it is now', () => {
    expect(mergeFiles([file('/a'), file('/b')], [file('/a', { sizeBytes: 9 })])).toEqual([file('/a', { sizeBytes: 9 }), file('/b')]);
  });

  it('a start leaves files that came later, and problems that were not in sight', () => {
    const [a, b, c] = [file('/a'), file('/b'), file('/c')];
    const other = { ...broken, path: '/y.bin' };
    expect(unfinished([a, broken, b], [a, broken, b], [a, broken, b])).toEqual([]);
    expect(unfinished([a, broken, b, other], [a, broken, b, other], [a, broken])).toEqual([other]);
    expect(unfinished([a, b, c], [a, b], [a])).toEqual([c]);
  });

  it('asks for recipes only of kinds that can be worked on', () => {
    expect(kindsOf([file('/a', { kind: 'audio' }), broken, file('/b'), file('/c')])).toEqual(['video', 'audio']);
  });

  it('adds up what is known and says of how many', () => {
    const estimate = { seconds: 30, memoryBytes: 0, tempBytes: 0, mediaSeconds: 0 };
    expect(totalEstimate([file('/a'), file('/b')], choices(), new Map([[estimateKey('/a', 'mp4-h264'), { estimate, problem: null }]]))).toEqual({ seconds: 30, known: 1, total: 2 });
  });
});

describe('pasted text', () => {
  it.each([
    ['/films/a.mp4\n"/films/my film.mov"\n', ['/films/a.mp4', '/films/my film.mov']],
    ['C:\\films\\a.mp4\r\n\\\\nas\\share\\b.wav', ['C:\\films\\a.mp4', '\\\\nas\\share\\b.wav']],
    ['~/films/a.mp4', ['~/films/a.mp4']],
    ['file:///home/me/my%20film.mp4', ['/home/me/my film.mp4']],
    ['file:///C:/films/a.mp4', ['C:\\films\\a.mp4']],
    ['file://nas/share/b.wav', ['\\\\nas\\share\\b.wav']],
    ['# from a file manager\nfile:///a.mp4', ['/a.mp4']],
  ])('%j holds paths', (text, paths) => {
    expect(pathsInText(text)).toEqual(paths);
  });

  it.each(['', 'see you at 7', '/a.mp4\nand a note', 'https://example.org/a.mp4', 'relative/a.mp4', 'file://%zz'])('%j is something else', (text) => {
    expect(pathsInText(text)).toEqual([]);
  });
});
