import { describe, expect, it } from 'vitest';
import { bar, nameOf, renderTaskLine, type TaskLine } from './bar.ts';
import { widthOf } from './text.ts';

const task: TaskLine = { id: 12, recipe: 'transcript', inputs: ['/in/interview with somebody.mp4'], progress: 63.9, message: 'window 7 of 11, 3.1x' };

describe('renderTaskLine', () => {
  it('shows task, bar, percent, what happens and how long it takes', () => {
    expect(renderTaskLine(task, 250, 120)).toBe('#12 interview with somebody.mp4  transcript  ████████████░░░░░░░░  63%  window 7 of 11, 3.1x  4:10 left');
  });

  it('fits every width, whatever the name and the message hold', () => {
    const names = ['/in/plain.mp4', '/in/面接の録音データ二〇二六年十一月二十三日.wav', '/in/a\nb\u001b[2Jc.mp4', `/in/${'👩‍👩‍👧'.repeat(30)}`, `/in/${'x'.repeat(255)}`, '', 'C:\\videos\\clip.mov'];
    for (const name of names) {
      for (let width = 1; width <= 200; width += 1) {
        for (const eta of [null, 0, 1e6]) {
          const line = renderTaskLine({ ...task, inputs: [name], message: name }, eta, width);
          expect(widthOf(line)).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/[\u0000-\u001f\u007f]/u);
        }
      }
    }
  });

  it('keeps id and percent when there is hardly any room', () => {
    expect(renderTaskLine(task, 250, 30)).toMatch(/^#12 {2}63% interview.*\.mp4$/);
    expect(renderTaskLine(task, 250, 8)).toBe('#12  63%');
  });
});

describe('bar', () => {
  it('is full only at the end and never breaks out', () => {
    expect([bar(0, 4), bar(99.9, 4), bar(100, 4), bar(-5, 4), bar(500, 4)]).toEqual(['░░░░', '███░', '████', '░░░░', '████']);
  });
});

describe('nameOf', () => {
  it('is the last part of the path in either spelling', () => {
    expect([nameOf({ inputs: ['/a/b c.mp4'] }), nameOf({ inputs: ['C:\\x\\y.mov'] }), nameOf({ inputs: [] })]).toEqual(['b c.mp4', 'y.mov', '']);
  });
});
