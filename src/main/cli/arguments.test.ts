import { describe, expect, it } from 'vitest';
import { parseArguments, splitCommand, type OptionTable } from './arguments.ts';

const table: OptionTable = {
  recipe: { value: 'NAME', isRepeatable: true, help: '' },
  out: { value: 'DIR', help: '' },
  log: { help: '' },
};

describe('splitCommand', () => {
  it('finds the command before or behind options that all commands have', () => {
    expect(splitCommand(['add', 'x', '--json'])).toEqual({ name: 'add', rest: ['x', '--json'] });
    expect(splitCommand(['--data', 'add', 'list', '-h'])).toEqual({ name: 'list', rest: ['--data', 'add', '-h'] });
    expect(splitCommand(['--json'])).toEqual({ name: null, rest: ['--json'] });
    expect(splitCommand([])).toEqual({ name: null, rest: [] });
  });
});

describe('parseArguments', () => {
  it('reads values in both spellings, repeated options in order, and positionals between them', () => {
    const { positionals, options } = parseArguments(['a', '--recipe', 'x', 'b', '--recipe=y=z', '--log', '--out', '-dir'], table);
    expect(positionals).toEqual(['a', 'b']);
    expect(options.all('recipe')).toEqual(['x', 'y=z']);
    expect(options.last('out')).toBe('-dir');
    expect([options.has('log'), options.has('json')]).toEqual([true, false]);
    expect(options.all('none')).toEqual([]);
  });

  it('takes everything after -- as it is', () => {
    expect(parseArguments(['--', '--recipe', '-x.mp4', ''], table).positionals).toEqual(['--recipe', '-x.mp4', '']);
  });

  it.each([
    [['--recip', 'x'], 'There is no option --recip. Did you mean --recipe?'],
    [['-q'], /There is no option -q\. Valid: --data/],
    [['--constructor'], /no option --constructor/],
    [['--out'], '--out needs a value: --out DIR.'],
    [['--log=1'], '--log takes no value.'],
    [['--out', 'a', '--out', 'b'], '--out can be given once.'],
  ])('refuses %j with a sentence', (args, message) => {
    expect(() => parseArguments(args, table)).toThrow(message);
  });
});
