import { describe, expect, it } from 'vitest';
import { fileFilter } from './file-filter.ts';

const rule = { folder: '/media/in', isRecursive: true, include: [], exclude: [] };

describe('the filter of a watched folder', () => {
  it('passes over what is hidden, what systems put there, and what is not finished by its name', () => {
    const { accepts } = fileFilter(rule, []);
    for (const name of ['film.mp4', 'a/b/Interview 3.WAV', 'part.mp4', 'tmp.mov', 'a~b.mp4']) expect(accepts(`/media/in/${name}`), name).toBe(true);
    for (const name of ['.film.mp4', '.hidden/film.mp4', 'Thumbs.db', '@eaDir/film.mp4', 'film.mp4.part', 'film.mp4.crdownload', 'film.mp4.PART', 'film.tmp', '~film.mp4', 'film.mp4~', 'x.!qB', '.longhaul-1-2-3-0.part.mp4', 'film.rar.part3']) {
      expect(accepts(`/media/in/${name}`), name).toBe(false);
    }
  });

  it('knows patterns of names and of paths, without regard to upper and lower case', () => {
    const { accepts } = fileFilter({ ...rule, include: ['*.mp4', 'talks/**/*.wav'], exclude: ['*draft*', 'old/**'] }, []);
    for (const name of ['a.MP4', 'x/y/a.mp4', 'talks/a.wav', 'Talks/2026/a.wav']) expect(accepts(`/media/in/${name}`), name).toBe(true);
    for (const name of ['a.wav', 'x/talks/a.wav', 'a Draft 2.mp4', 'old/a.mp4', 'old/x/a.mp4']) expect(accepts(`/media/in/${name}`), name).toBe(false);
  });

  it('leaves folders within alone where it is told to, and everything outside in any case', () => {
    const { accepts, enters } = fileFilter({ ...rule, isRecursive: false }, []);
    expect([accepts('/media/in/a.mp4'), accepts('/media/in/x/a.mp4'), accepts('/media/other/a.mp4'), accepts('/media/in/../a.mp4'), accepts('/media/in')]).toEqual([true, false, false, false, false]);
    expect([enters('/media/in'), enters('/media/in/x')]).toEqual([true, false]);
  });

  it('keeps out of folders of results and of Longhaul itself, but not out of one that it lies in', () => {
    const { accepts, enters } = fileFilter(rule, ['/media/in/out', '/media', '/media/in']);
    expect([accepts('/media/in/a.mp4'), accepts('/media/in/out/a.mp4'), accepts('/media/in/outer/a.mp4'), enters('/media/in/out')]).toEqual([true, false, true, false]);
  });

  it('says which pattern is none', () => {
    expect(() => fileFilter({ ...rule, include: ['*.mp4', 'x'.repeat(70_000)] }, [])).toThrow(/not a pattern/);
  });
});
