import { describe, expect, it } from 'vitest';
import { renderTable, type Column } from './table.ts';
import { widthOf } from './text.ts';

const columns: Column[] = [{ title: 'ID', side: 'right' }, { title: 'STATUS' }, { title: 'FILE', isFlexible: true }];
const rows = [['7', 'completed', '面接の録音データ二〇二六年十一月.wav'], ['12', 'failed', 'a\nb.mp4'], ['113', 'pending']];

describe('renderTable', () => {
  it('lines the columns up and keeps each row on one line', () => {
    expect(renderTable(columns, rows, 80)).toEqual([
      ' ID  STATUS     FILE',
      '  7  completed  面接の録音データ二〇二六年十一月.wav',
      ' 12  failed     a␊b.mp4',
      '113  pending',
    ]);
  });

  it('never exceeds the width, and first shortens the column that may be', () => {
    for (const width of [80, 40, 30, 10, 1]) {
      for (const line of renderTable(columns, rows, width)) expect(widthOf(line)).toBeLessThanOrEqual(width);
    }
    expect(renderTable(columns, rows, 40)[1]).toMatch(/^ {2}7 {2}completed {2}面接.*….*wav$/u);
  });

  it('prints the titles alone when there is nothing', () => {
    expect(renderTable(columns, [], 80)).toEqual(['ID  STATUS  FILE']);
  });
});
