import { describe, expect, it } from 'vitest';
import { didYouMean, editDistance, nearest } from './nearest.ts';

const RECIPES = ['transcript', 'mp4-h264', 'mp4-h265', 'webm-vp9', 'webm-av1', 'mp3', 'wav', 'preview', 'thumbnail', 'contact-sheet'];

describe('editDistance', () => {
  it.each([
    ['', '', 0], ['abc', '', 3], ['', 'abc', 3], ['same', 'same', 0],
    ['kitten', 'sitting', 3], ['ab', 'ba', 1], ['abcd', 'acbd', 1], ['ca', 'abc', 3], ['😀a', 'a😀', 1],
  ])('of %j and %j is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe('nearest', () => {
  it('finds a name behind a slip, swapped letters and other separators', () => {
    expect(nearest('trnascript', RECIPES)).toEqual(['transcript']);
    expect(nearest('mp4_h264', RECIPES)[0]).toBe('mp4-h264');
    expect(nearest('ContactSheet', RECIPES)).toEqual(['contact-sheet']);
  });

  it('takes a part of a name for that name', () => {
    expect(nearest('h265', RECIPES)).toContain('mp4-h265');
    expect(nearest('transcripts', RECIPES)).toEqual(['transcript']);
  });

  it('offers nothing for what resembles nothing', () => {
    expect(nearest('zzzzzz', RECIPES)).toEqual([]);
    expect(nearest('', RECIPES)).toEqual([]);
  });

  it('puts the nearest first and keeps to the limit', () => {
    expect(nearest('mp4-h266', RECIPES, 1)).toHaveLength(1);
    expect(nearest('webm', RECIPES)).toEqual(['webm-av1', 'webm-vp9']);
  });

  it('is quick with a hostile length', () => {
    expect(nearest('x'.repeat(1_000_000), RECIPES)).toEqual([]);
  });
});

describe('didYouMean', () => {
  it('offers the nearest names in a question', () => {
    expect(didYouMean('mp5', ['mp3', 'mp4'])).toBe('Did you mean mp3 or mp4?');
  });

  it('lists every valid name when none is near', () => {
    expect(didYouMean('zzzzzz', ['mp3', 'wav'])).toBe('Valid: mp3, wav.');
    expect(didYouMean('a', [])).toBe('There are none.');
  });
});
