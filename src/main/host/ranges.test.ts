import { describe, expect, it } from 'vitest';
import { parseRange } from './ranges.ts';

describe('a Range header', () => {
  it.each([
    ['bytes=0-499', { start: 0, end: 499 }],
    ['bytes=500-', { start: 500, end: 999 }],
    ['bytes=-200', { start: 800, end: 999 }],
    ['bytes=-5000', { start: 0, end: 999 }],
    ['bytes=999-999', { start: 999, end: 999 }],
    ['bytes=900-100000', { start: 900, end: 999 }],
    [' Bytes = 1 - 2 ', { start: 1, end: 2 }],
  ])('%s asks of 1000 bytes for %j', (header, range) => {
    expect(parseRange(header, 1000)).toEqual(range);
  });

  it.each([null, undefined, '', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=0-1,5-6', 'lines=1-2', 'bytes=a-b', 'bytes=1.5-2', 'bytes=--5'])('%j is ignored', (header) => {
    expect(parseRange(header, 1000)).toBe('whole');
  });

  it.each([['bytes=1000-', 1000], ['bytes=1000-2000', 1000], ['bytes=-0', 1000], ['bytes=0-', 0], ['bytes=-1', 0], [`bytes=${'9'.repeat(400)}-`, 1000]])('%s of %d bytes asks for nothing that is there', (header, sizeBytes) => {
    expect(parseRange(header, sizeBytes)).toBe('unsatisfiable');
  });
});
