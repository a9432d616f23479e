import { describe, expect, it } from 'vitest';
import { parseCount, parseIds, parsePriority, parseSettings, parseStatuses, parseTypes } from './values.ts';

describe('values of the command line', () => {
  it('takes ids one by one, with commas and with a hash, each once', () => {
    expect(parseIds(['3,1', '#7', '1', '2,'])).toEqual([3, 1, 7, 2]);
    expect(parseIds([])).toEqual([]);
  });

  it.each(['0', '-1', '1.5', 'x', '1e3', '99999999999999999999', '1 2'])('refuses %j as an id', (text) => {
    expect(() => parseIds([text])).toThrow(/id is a number/);
  });

  it.each([['critical', 10], ['HIGH', 7], ['normal', 5], ['low', 3], ['0', 0], ['10', 10]])('takes %s as priority %d', (text, value) => {
    expect(parsePriority(text)).toBe(value);
  });

  it.each(['11', '-1', '5.5', '', 'urgent', 'toString'])('refuses %j as a priority', (text) => {
    expect(() => parsePriority(text)).toThrow(/0 to 10/);
  });

  it('splits settings at the first equals sign and leaves the value alone', () => {
    expect(parseSettings(['language=de', 'model=/m/a=b.bin', 'empty=', 'language=fr'])).toEqual({ language: 'fr', model: '/m/a=b.bin', empty: '' });
    expect(parseSettings(['__proto__=x'])).not.toHaveProperty('x');
    for (const text of ['novalue', '=x', '']) expect(() => parseSettings([text])).toThrow(/KEY=VALUE/);
  });

  it('offers the nearest status and type', () => {
    expect(parseStatuses(['failed,pending', 'running'])).toEqual(['failed', 'pending', 'running']);
    expect(parseTypes(['transcribe'])).toEqual(['transcribe']);
    expect(() => parseStatuses(['complete'])).toThrow(/Did you mean completed\?/);
    expect(() => parseTypes(['video'])).toThrow(/video_convert/);
  });

  it('takes whole numbers as counts', () => {
    expect(parseCount('limit', '20')).toBe(20);
    for (const text of ['', '-1', '1.5', 'all']) expect(() => parseCount('limit', text)).toThrow(/--limit/);
  });
});
