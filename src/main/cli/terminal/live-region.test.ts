import { describe, expect, it } from 'vitest';
import { testOutput } from '../test-host.ts';
import { LiveRegion } from './live-region.ts';

/** What a terminal shows after all that was written to it: enough of one for the sequences in use. */
function screenOf(text: string, columns: number): string[] {
  const rows: string[][] = [[]];
  let [row, column] = [0, 0];
  for (const [token] of text.matchAll(/\u001b\[\??[\d;]*[a-zA-Z]|[\s\S]/gu)) {
    if (token === '\n') [row, column] = [row + 1, 0];
    else if (token === '\r') column = 0;
    else if (token.endsWith('A') && token.startsWith('\u001b')) row = Math.max(0, row - Number(/\d+/.exec(token)?.[0]));
    else if (token === '\u001b[K') rows[row]?.splice(column);
    else if (token === '\u001b[J') {
      rows[row]?.splice(column);
      rows.splice(row + 1);
    } else if (!token.startsWith('\u001b')) {
      if (column === columns) [row, column] = [row + 1, 0];
      const line = (rows[row] ??= []);
      line[column] = token;
      column += 1;
    }
    rows[row] ??= [];
  }
  return rows.map((line) => line.join('')).filter((line) => line !== '');
}

describe('LiveRegion', () => {
  it('draws in place, lets lasting lines scroll away above, and leaves only those', () => {
    const output = testOutput({ columns: 40, rows: 10 });
    const region = new LiveRegion(output);
    region.draw(['one 10%', 'two 20%']);
    region.draw(['one 11%', 'two 25%'], ['zero is done']);
    expect(screenOf(output.text, 40)).toEqual(['zero is done', 'one 11%', 'two 25%']);
    region.draw(['two 30%'], ['one is done']);
    expect(screenOf(output.text, 40)).toEqual(['zero is done', 'one is done', 'two 30%']);
    region.close();
    expect(screenOf(output.text, 40)).toEqual(['zero is done', 'one is done']);
    expect(output.text.endsWith('\u001b[?25h')).toBe(true);
  });

  it('writes nothing when nothing has changed', () => {
    const output = testOutput({ columns: 40, rows: 10 });
    const region = new LiveRegion(output);
    region.draw(['same']);
    const { length } = output.text;
    region.draw(['same']);
    expect(output.text).toHaveLength(length);
  });

  it('never fills a row or the screen, so that nothing wraps or scrolls', () => {
    const output = testOutput({ columns: 20, rows: 4 });
    const region = new LiveRegion(output);
    region.draw(Array.from({ length: 9 }, (_, index) => `${String(index)}${'面'.repeat(30)}`));
    const shown = screenOf(output.text, 20);
    expect(shown).toHaveLength(3);
    expect(shown.every((line) => line.endsWith('…'))).toBe(true);
  });

  it('finds its first row again after the terminal became narrower', () => {
    const size = { columns: 40, rows: 10 };
    const output = testOutput(size);
    const region = new LiveRegion(output);
    region.draw(['x'.repeat(39), 'short']);
    size.columns = 13;
    output.text = '';
    region.draw(['y']);
    // 39 columns wrapped at 13 are three rows, and one for the short line.
    expect(output.text).toContain('\u001b[4A');
  });

  it('gives nothing back when it was never drawn', () => {
    const output = testOutput({ columns: 40, rows: 10 });
    new LiveRegion(output).close();
    expect(output.text).toBe('');
  });
});
